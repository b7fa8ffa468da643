/**
 * What an administrator should hear of, kept until the console has heard it.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { SessionEvent } from '@sallygate/envelope'

/** As many as one report holds. A connector that was alone for long tells the newest. */
const most = 50

export type EventKind = 'policyChanged' | 'policyBroken' | 'journalUnavailable' | 'settingsRefused' | 'clock'

export class SessionEvents {
  readonly #clock: Clock
  #events: SessionEvent[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(kind: EventKind, detail: string): void {
    this.#events = [...this.#events, { at: this.#clock.now(), kind, detail: detail.slice(0, 160) }].slice(-most)
  }

  peek(): readonly SessionEvent[] {
    return this.#events
  }

  told(events: readonly SessionEvent[]): void {
    this.#events = this.#events.filter((event) => !events.includes(event))
  }
}
