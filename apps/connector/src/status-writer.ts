/**
 * Writes the status file: soon after something has changed, and now and then.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'

/** Each write is an fsync: a burst of changes is one write. */
const soonMs = 200
/** Ages and counters move without anything changing. */
const nowAndThenMs = 15_000

export class StatusWriter {
  readonly #clock: Clock
  readonly #log: Log
  readonly #write: () => void
  readonly #regular: Timer
  #soon: Timer | undefined
  #hasFailed = false

  constructor(clock: Clock, log: Log, write: () => void) {
    this.#clock = clock
    this.#log = log
    this.#write = write
    this.#regular = every(clock, nowAndThenMs, () => this.now())
  }

  changed(): void {
    this.#soon ??= this.#clock.after(soonMs, () => this.now(), { background: true })
  }

  /** A disk that is full must not stop what the connector does; it is said once. */
  now(): void {
    this.#soon?.cancel()
    this.#soon = undefined
    try {
      this.#write()
      this.#hasFailed = false
    } catch (error) {
      if (!this.#hasFailed) this.#log.warn('status not written', { error })
      this.#hasFailed = true
    }
  }

  stop(): void {
    this.#regular.cancel()
    this.now()
  }
}
