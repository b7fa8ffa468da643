/**
 * Keeps what others can cause at will from filling the log: one line per cause in ten seconds.
 *
 * @module
 */
import type { Clock } from './clock.ts'

const periodMs = 10_000

export class LogLimit {
  readonly #clock: Clock
  /** One entry per cause. Causes come from a closed list, such as failure codes, never from a peer's words. */
  readonly #causes = new Map<string, { untilMs: number; suppressed: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns How many of this cause were left out before, or `undefined` when this one is left out too. */
  admit(cause: string): number | undefined {
    const nowMs = this.#clock.monotonicMs()
    const known = this.#causes.get(cause)
    if (known !== undefined && nowMs < known.untilMs) {
      known.suppressed++
      return undefined
    }
    this.#causes.set(cause, { untilMs: nowMs + periodMs, suppressed: 0 })
    return known?.suppressed ?? 0
  }
}
