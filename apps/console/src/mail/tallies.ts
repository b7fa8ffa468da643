/**
 * How mail has gone since this console started, by group and server. For showing, and for metrics.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { recipientOutcomes, type RecipientState } from '@sallygate/service-mail/contract'

export interface ServerTally extends Record<RecipientState, number> {
  readonly server: string
  lastAt: Date
}

export interface LastFailure {
  readonly at: Date
  readonly code: string
  readonly says: string
  readonly fix: string
}

/** A group has eight servers at most; these are of groups that changed them again and again. */
const mostServers = 32

export class MailTallies {
  readonly #clock: Clock
  readonly #servers = new Map<string, Map<string, ServerTally>>()
  readonly #failures = new Map<string, LastFailure>()
  readonly #totals: Record<RecipientState, number> = { sent: 0, deferred: 0, refused: 0, unknown: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  count(group: string, server: string | undefined, outcomes: readonly RecipientState[]): void {
    for (const outcome of outcomes) this.#totals[outcome]++
    if (server === undefined) return
    const servers = this.#servers.get(group) ?? new Map<string, ServerTally>()
    this.#servers.set(group, servers)
    const now = this.#clock.now()
    const tally = servers.get(server) ?? { server, sent: 0, deferred: 0, refused: 0, unknown: 0, lastAt: now }
    if (!servers.has(server) && servers.size >= mostServers) return
    servers.set(server, tally)
    tally.lastAt = now
    for (const outcome of outcomes) tally[outcome]++
  }

  failed(group: string, { code, says, fix }: Failure): void {
    this.#failures.set(group, { at: this.#clock.now(), code, says, fix })
  }

  /** Mail went through: what failed before is over. */
  recovered(group: string): void {
    this.#failures.delete(group)
  }

  servers(group: string): readonly ServerTally[] {
    return [...(this.#servers.get(group)?.values() ?? [])].toSorted((a, b) => (a.server < b.server ? -1 : 1))
  }

  lastFailure(group: string): LastFailure | undefined {
    return this.#failures.get(group)
  }

  total(outcome: RecipientState): number {
    return this.#totals[outcome]
  }

  static readonly outcomes = recipientOutcomes
}
