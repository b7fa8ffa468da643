/**
 * Twin notices: tells that two devices may be one, and not with every report that finds them again.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { StoredDevice } from '@sallygate/store'
import type { Events } from '../events/events.ts'

/** A device as it was written, and the ids of those that may be it as well. */
export type Twins = readonly [device: StoredDevice, others: readonly string[]]

/** Beyond it some are told once more on the same day. */
const mostRemembered = 10_000

export class TwinNotices {
  readonly #clock: Clock
  readonly #events: () => Pick<Events, 'raise'>
  /** By device: the day on which it was told last. */
  readonly #told = new Map<string, number>()

  constructor(clock: Clock, events: () => Pick<Events, 'raise'>) {
    this.#clock = clock
    this.#events = events
  }

  tell(twins: readonly Twins[]): void {
    const today = Math.floor(this.#clock.now().getTime() / 86_400_000)
    for (const [{ id, name, group, statements }, others] of twins) {
      // Every report finds them again; a day between two of them is enough.
      const isFirst = statements.length === 1 || this.#told.get(id) !== today
      if (!isFirst) continue
      if (this.#told.size > mostRemembered) this.#told.clear()
      this.#told.set(id, today)
      this.#events().raise('deviceTwins', { about: name, group, details: { device: id, other: others.join(' ') } })
    }
  }
}
