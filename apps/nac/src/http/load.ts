/**
 * Load: how late this process is for what it planned.
 *
 * A slow yes holds up an authentication; a fast 503 lets ISE decide. So beyond a
 * bound nothing is started any more.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'

const periodMs = 100
/** Twice what Cisco expects of an answer. */
const overloadedMs = 400
const busyMs = 100

export class Load {
  #lateMs = 0
  #plannedMs: number
  readonly #mostLateMs: number
  readonly #timer: Timer

  constructor(clock: Clock, mostLateMs = overloadedMs) {
    this.#mostLateMs = mostLateMs
    this.#plannedMs = clock.monotonicMs() + periodMs
    this.#timer = every(clock, periodMs, () => {
      const nowMs = clock.monotonicMs()
      // Smoothed: one long pause is over by the time it is seen.
      this.#lateMs = 0.7 * this.#lateMs + 0.3 * Math.max(0, nowMs - this.#plannedMs)
      this.#plannedMs = nowMs + periodMs
    })
  }

  get isOverloaded(): boolean {
    return this.#lateMs > this.#mostLateMs
  }

  /** What version 3 tells its clients to wait. */
  get busySeconds(): number {
    return this.#lateMs > busyMs ? Math.ceil(this.#lateMs / 100) : 0
  }

  stop(): void {
    this.#timer.cancel()
  }
}
