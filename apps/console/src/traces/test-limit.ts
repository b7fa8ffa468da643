/**
 * The limit of tests: each opens connections to systems behind the gate, so nobody may start them without end.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { consoleFailure } from '../failures.ts'

const mostPerMinute = 10
const windowMs = 60_000
/** Actors remembered at once. */
const mostActors = 10_000

export class TestLimit {
  readonly #clock: Clock
  readonly #startedMs = new Map<string, readonly number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws CONSOLE_TOO_MANY_TESTS. */
  take(actor: string): void {
    const nowMs = this.#clock.monotonicMs()
    const recent = (this.#startedMs.get(actor) ?? []).filter((ms) => nowMs - ms < windowMs)
    const [oldest = nowMs] = recent
    if (recent.length >= mostPerMinute)
      throw consoleFailure('TOO_MANY_TESTS', { details: { retryAfterMs: Math.ceil(oldest + windowMs - nowMs) } })
    this.#startedMs.delete(actor)
    this.#startedMs.set(actor, [...recent, nowMs])
    if (this.#startedMs.size <= mostActors) return
    const first = this.#startedMs.keys().next()
    if (first.done === false) this.#startedMs.delete(first.value)
  }
}
