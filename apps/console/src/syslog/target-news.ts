/**
 * What is told of one target as events: that it fails, works again, drops, or cannot be sure. Each once, also over restarts.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { SyslogTargetRow } from '@sallygate/store'
import type { EventName } from '../events/catalogue.ts'
import type { Events } from '../events/events.ts'
import type { Tally } from './kept-counts.ts'

/** The same gap is announced again at most this often. */
export const announceEveryMs = 600_000

export class TargetNews {
  readonly #events: () => Pick<Events, 'raise'>
  readonly #clock: Clock
  readonly #row: Pick<SyslogTargetRow, 'id' | 'name' | 'group'>
  readonly #tally: Tally
  #toldOfDropsMs = Number.NEGATIVE_INFINITY

  constructor(
    { events, clock }: { readonly events: () => Pick<Events, 'raise'>; readonly clock: Clock },
    row: Pick<SyslogTargetRow, 'id' | 'name' | 'group'>,
    tally: Tally,
  ) {
    this.#events = events
    this.#clock = clock
    this.#row = row
    this.#tally = tally
  }

  failing(code: string, waiting: number): void {
    if (this.#tally.isTold) return
    this.#tally.isTold = true
    this.#tell('syslogFailing', { code, waiting })
  }

  recovered(): void {
    if (!this.#tally.isTold) return
    this.#tally.isTold = false
    this.#tell('syslogRecovered', { dropped: this.#tally.counts.dropped })
  }

  unconfirmed(): void {
    this.#tell('syslogUnconfirmed')
  }

  /** @returns whether there was something to tell; what is told is to be written down. */
  drops(): boolean {
    const { untold, counts } = this.#tally
    if (untold === 0 || this.#clock.monotonicMs() - this.#toldOfDropsMs < announceEveryMs) return false
    this.#tell('syslogDropping', { dropped: untold, droppedInAll: counts.dropped })
    this.#toldOfDropsMs = this.#clock.monotonicMs()
    this.#tally.toldOfDrops()
    return true
  }

  #tell(name: EventName, details: Readonly<Record<string, string | number>> = {}): void {
    const { id, name: about, group } = this.#row
    this.#events().raise(name, { about, group, details: { target: id, ...details } })
  }
}
