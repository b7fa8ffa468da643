/**
 * Buckets: so many at once, so many in a period, per whoever it is.
 *
 * Bounded in size: what has not been seen for longest is forgotten first, which can
 * only ever let somebody pass.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'

export class Buckets {
  readonly #clock: Clock
  readonly #periodMs: number
  readonly #mostKept: number
  readonly #buckets = new Map<string, { left: number; atMs: number }>()

  constructor(clock: Clock, periodMs = 60_000, mostKept = 10_000) {
    this.#clock = clock
    this.#periodMs = periodMs
    this.#mostKept = mostKept
  }

  /** @returns whether there is anything left, without taking it. */
  hasLeft(key: string, perPeriod: number): boolean {
    return this.#level(key, perPeriod) >= 1
  }

  /** Takes one. @returns false where nothing was left. */
  take(key: string, perPeriod: number): boolean {
    const level = this.#level(key, perPeriod)
    this.#buckets.delete(key)
    this.#buckets.set(key, { left: Math.max(0, level - 1), atMs: this.#clock.monotonicMs() })
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#mostKept) break
      this.#buckets.delete(oldest)
    }
    return level >= 1
  }

  /** Until there is one again. */
  waitMs(key: string, perPeriod: number): number {
    return Math.max(0, ((1 - this.#level(key, perPeriod)) * this.#periodMs) / perPeriod)
  }

  #level(key: string, perPeriod: number): number {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return perPeriod
    return Math.min(perPeriod, bucket.left + ((this.#clock.monotonicMs() - bucket.atMs) * perPeriod) / this.#periodMs)
  }
}
