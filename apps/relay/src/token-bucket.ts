/**
 * A token bucket: so many in a second, a few at once, on the monotonic clock.
 *
 * @module
 */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #at: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#tokens = burst
    this.#at = nowMs
  }

  /** Takes one if there is one. */
  take(nowMs: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#at) * this.#perMs)
    this.#at = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
