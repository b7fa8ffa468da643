/**
 * The book of nacs: what each last said of itself, and what has to be told of that.
 *
 * In memory: a nac says it again within seconds.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import type { Events } from '../events/events.ts'

export interface NacReport {
  readonly version: string
  readonly upSince: string
  readonly url: string
  /** PEM, the server's own certificate first. */
  readonly certificate: string
  readonly devices: number
  readonly nonCompliant: number
  /** -1 before it has ever read the feed. */
  readonly ageSeconds: number
  readonly through: number
  readonly memoryBytes: number
  readonly waitingActions: number
  readonly nodes: readonly NacNode[]
  readonly alarms: readonly NacAlarm[]
}

/** A policy node: an account at an address. */
export interface NacNode {
  readonly account: string
  readonly source: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly lastInfoMs?: number | undefined
  readonly lastPollMs?: number | undefined
  readonly requests: number
  readonly notFound: number
  readonly malformed: number
  /** Answers that took 200 ms or more. */
  readonly slow: number
  readonly p50Ms?: number | undefined
  readonly p99Ms?: number | undefined
  readonly lastError?: string | undefined
}

export interface NacAlarm {
  readonly kind: 'enumeration' | 'guessing'
  readonly account: string
  readonly source: string
  readonly atMs: number
}

export interface KnownNac {
  readonly id: string
  readonly name: string
  readonly heardAt: Date
  readonly isSilent: boolean
  readonly report: NacReport
  readonly leaf: X509Certificate | undefined
}

const silentAfterMs = 60_000
const forgottenAfterMs = 7 * 86_400_000
const mostNacs = 100

interface Entry {
  readonly id: string
  readonly name: string
  readonly heardAt: Date
  readonly heardMs: number
  readonly report: NacReport
  readonly leaf: X509Certificate | undefined
  wasSilent: boolean
}

export class NacBook {
  readonly #clock: Clock
  readonly #events: () => Pick<Events, 'raise'>
  readonly #userOf: (account: string) => Promise<string>
  readonly #entries = new Map<string, Entry>()

  constructor(parts: {
    readonly clock: Clock
    readonly events: () => Pick<Events, 'raise'>
    /** How an account is called by people. */
    readonly userOf: (account: string) => Promise<string>
  }) {
    this.#clock = parts.clock
    this.#events = parts.events
    this.#userOf = parts.userOf
  }

  async heard(nac: { readonly id: string; readonly name: string }, report: NacReport): Promise<void> {
    const before = this.#entries.get(nac.id)
    if (before?.wasSilent === true) this.#events().raise('nacBack', { about: nac.name })
    if (before === undefined && this.#entries.size >= mostNacs) return
    const heard = { heardAt: this.#clock.now(), heardMs: this.#clock.monotonicMs() }
    this.#entries.set(nac.id, { ...nac, ...heard, report, leaf: leafOf(report.certificate), wasSilent: false })
    for (const { kind, account, source, atMs } of report.alarms) {
      const user = account === '' ? '' : await this.#userOf(account)
      const details = { nac: nac.name, source, at: new Date(atMs).toISOString(), account: user }
      this.#events().raise(kind === 'enumeration' ? 'nacEnumeration' : 'nacGuessing', { about: source, details })
    }
  }

  /** Call now and then: silence makes no sound of its own. */
  look(): void {
    for (const entry of this.#entries.values()) {
      // One that is no more does not stay silent for ever.
      if (this.#clock.monotonicMs() - entry.heardMs > forgottenAfterMs) this.#entries.delete(entry.id)
      if (entry.wasSilent || !this.#isSilent(entry)) continue
      entry.wasSilent = true
      this.#events().raise('nacSilent', { about: entry.name })
    }
  }

  list(): readonly KnownNac[] {
    return [...this.#entries.values()].map((entry) => {
      const { id, name, heardAt, report, leaf } = entry
      return { id, name, heardAt, isSilent: this.#isSilent(entry), report, leaf }
    })
  }

  #isSilent({ heardMs }: Entry): boolean {
    return this.#clock.monotonicMs() - heardMs > silentAfterMs
  }
}

function leafOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}
