/**
 * A pause that can be cut short, once per pause, by whoever has news.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'

export class Nudge {
  readonly #clock: Clock
  #news = Promise.withResolvers<void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Ends the pause that is under way, or the next one if none is. */
  wake(): void {
    this.#news.resolve()
  }

  async pause(ms: number): Promise<void> {
    const over = new AbortController()
    const slept = sleep(this.#clock, ms, over.signal).catch(() => undefined)
    await Promise.race([slept, this.#news.promise])
    over.abort()
    this.#news = Promise.withResolvers<void>()
  }
}
