/**
 * The renewal: when a session that stands is to be followed by a new one, made beside it.
 *
 * Because it is old, because the relay asks, or because the attempt before has failed.
 * The old session is never left for that: it ends when its successor stands.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import { BackOff } from './back-off.ts'
import type { DialFailure } from './failures.ts'
import { longestWaitMs } from './retry-after.ts'
import type { DialTuning } from './tuning.ts'

/** A session that is on its way out has little time; the back-off sees to the rest. */
const leastMs = 100

export class Renewal {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #tuning: DialTuning
  readonly #renew: () => void
  readonly #backOff: BackOff
  #attachedMs = 0
  #dueMs = Number.POSITIVE_INFINITY
  #timer: Timer | undefined

  constructor(clock: Clock, random: () => number, tuning: DialTuning, renew: () => void) {
    this.#clock = clock
    this.#random = random
    this.#tuning = tuning
    this.#renew = renew
    this.#backOff = new BackOff({ baseMs: tuning.backOffBaseMs, capMs: tuning.backOffCapMs, random })
  }

  /** A session stands from now on, and has an age from now on. */
  attached(): void {
    this.rest()
    this.#backOff.reset()
    this.#attachedMs = this.#clock.monotonicMs()
    // A third more or less: those who came together after an outage do not leave together.
    this.#plan(this.#tuning.maxAgeMs * (2 / 3 + (2 / 3) * this.#random()))
  }

  /** The relay wants us elsewhere within `afterMs`. */
  depart(afterMs: number): void {
    const spreadMs = this.#random() * Math.min(afterMs, longestWaitMs)
    const ageMs = this.#clock.monotonicMs() - this.#attachedMs
    this.#plan(Math.max(this.#tuning.minAgeMs - ageMs, spreadMs))
  }

  /** No new session came of it; the old one still stands. */
  failed(failure: DialFailure): void {
    const askedMs = Math.min(longestWaitMs, Number(failure.details['retryAfterMs'] ?? 0))
    this.#plan(Math.max(leastMs, askedMs) + this.#backOff.next())
  }

  /** Lets go of the timer. */
  rest(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#dueMs = Number.POSITIVE_INFINITY
  }

  /** What is planned for earlier stays planned. */
  #plan(waitMs: number): void {
    const dueMs = this.#clock.monotonicMs() + waitMs
    if (dueMs >= this.#dueMs) return
    this.#timer?.cancel()
    this.#dueMs = dueMs
    this.#timer = this.#clock.after(
      waitMs,
      () => {
        this.rest()
        this.#renew()
      },
      { background: true },
    )
  }
}
