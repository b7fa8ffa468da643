/**
 * Back-off: how long to wait before the next dial.
 *
 * Full jitter, uniform in [0, base·2^n), for ever. The exponent falls back to zero
 * only after a connection has been stable for a random while; otherwise a link that
 * comes up and breaks every two seconds would hammer the relay for ever.
 *
 * @module
 */

export interface BackOffOptions {
  readonly baseMs: number
  readonly capMs: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

export const defaultBackOff = { baseMs: 1000, capMs: 60_000 }

export class BackOff {
  readonly #options: BackOffOptions
  #failures = 0

  constructor(options: BackOffOptions) {
    this.#options = options
  }

  /** Failures in a row, as far as they still matter. */
  get failures(): number {
    return this.#failures
  }

  /** The next wait is below this. */
  get ceilingMs(): number {
    // The exponent is bounded so that a year of failures does not end in Infinity.
    return Math.min(this.#options.capMs, this.#options.baseMs * 2 ** Math.min(this.#failures, 30))
  }

  get baseMs(): number {
    return this.#options.baseMs
  }

  get capMs(): number {
    return this.#options.capMs
  }

  /** Counts a failure and says how long to wait for the next attempt. */
  next(): number {
    const waitMs = this.#options.random() * this.ceilingMs
    this.#failures++
    return waitMs
  }

  /**
   * How long a connection has to last before the failures before it are forgotten.
   *
   * At least ten base periods, and at least what the last wait could have been: so the time spent
   * connected outweighs the time a flapping link would gain by being forgiven.
   */
  stablePeriodMs(): number {
    const least = Math.max(10 * this.#options.baseMs, this.ceilingMs)
    return least * (1 + this.#options.random())
  }

  reset(): void {
    this.#failures = 0
  }
}
