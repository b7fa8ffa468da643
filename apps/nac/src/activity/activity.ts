/**
 * Activity: what each policy node did last and how fast it was answered.
 *
 * A node is an account and an address. Bounded: the ones not seen for longest are
 * forgotten first.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Latency } from './latency.ts'

/** Cisco asks for an answer within 200 ms (contract, section 1). */
export const slowMs = 200

export type Outcome = 'found' | 'notFound' | 'malformed' | 'listed' | 'done' | 'refused' | 'error'

export interface NodeActivity {
  readonly account: string
  readonly source: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly lastInfoMs?: number
  readonly lastPollMs?: number
  readonly requests: number
  readonly notFound: number
  readonly malformed: number
  readonly slow: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly lastError?: string
}

interface Node {
  readonly account: string
  readonly source: string
  readonly firstSeenMs: number
  lastSeenMs: number
  lastInfoMs?: number
  lastPollMs?: number
  requests: number
  notFound: number
  malformed: number
  lastError?: string
  readonly latency: Latency
}

const mostNodes = 500

export class Activity {
  readonly #clock: Clock
  readonly #nodes = new Map<string, Node>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(
    account: string,
    source: string,
    did: {
      readonly kind: 'info' | 'poll' | 'query' | 'act'
      readonly outcome: Outcome
      readonly ms: number
      readonly error?: string
    },
  ): void {
    const node = this.#node(account, source)
    const nowMs = this.#clock.now().getTime()
    node.lastSeenMs = nowMs
    node.requests++
    if (did.kind === 'info') node.lastInfoMs = nowMs
    if (did.kind === 'poll') node.lastPollMs = nowMs
    if (did.outcome === 'notFound') node.notFound++
    if (did.outcome === 'malformed') node.malformed++
    if (did.error !== undefined) node.lastError = did.error
    node.latency.add(did.ms, slowMs)
  }

  list(): readonly NodeActivity[] {
    return [...this.#nodes.values()].map(({ latency, ...node }) => {
      const [p50Ms, p99Ms] = [latency.quantile(0.5), latency.quantile(0.99)]
      return {
        ...node,
        slow: latency.slow,
        ...(p50Ms === undefined ? {} : { p50Ms }),
        ...(p99Ms === undefined ? {} : { p99Ms }),
      }
    })
  }

  #node(account: string, source: string): Node {
    const key = `${account} ${source}`
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    for (const oldest of this.#nodes.keys()) {
      if (this.#nodes.size < mostNodes) break
      this.#nodes.delete(oldest)
    }
    const nowMs = this.#clock.now().getTime()
    const latency = new Latency()
    const fresh = {
      account,
      source,
      firstSeenMs: nowMs,
      lastSeenMs: nowMs,
      requests: 0,
      notFound: 0,
      malformed: 0,
      latency,
    }
    this.#nodes.set(key, fresh)
    return fresh
  }
}
