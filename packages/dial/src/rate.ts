/**
 * A token bucket: how often the other end may make us do something.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'

export class Rate {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #atMs: number

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
    this.#tokens = burst
    this.#atMs = clock.monotonicMs()
  }

  /** @returns false when there is not enough left; then nothing is taken. */
  take(cost = 1): boolean {
    const nowMs = this.#clock.monotonicMs()
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#atMs) / 1000) * this.#perSecond)
    this.#atMs = nowMs
    if (this.#tokens < cost) return false
    this.#tokens -= cost
    return true
  }
}
