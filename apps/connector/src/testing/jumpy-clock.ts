/**
 * The system's clock with a wall clock somebody sets: timers run on, the time of day jumps.
 *
 * @module
 */
import { systemClock, type Clock, type Timer } from '@sallygate/base/clock'

export class JumpyClock implements Clock {
  offsetMs: number

  constructor(offsetMs = 0) {
    this.offsetMs = offsetMs
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs)
  }

  monotonicMs(): number {
    return systemClock.monotonicMs()
  }

  after(delayMs: number, action: () => void, options?: { readonly background?: boolean }): Timer {
    return systemClock.after(delayMs, action, options)
  }
}
