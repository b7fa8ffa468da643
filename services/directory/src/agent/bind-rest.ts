/**
 * The rest of a bind account that was refused: whoever of us learned it, it holds for look-ups and sync alike.
 *
 * Every request would try the same wrong password again, until the directory locks the account for everybody. New
 * settings start with a new one of these, and a check does not ask it: both try at once.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'

/** How long it is left alone: first, and at most. */
const refusalMs = { first: 30_000, most: 15 * 60_000 }

export class BindRest {
  readonly #clock: Clock
  #refusal: { readonly failure: Failure; readonly untilMs: number; readonly restMs: number } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws why it rests. */
  check(): void {
    if (this.#refusal !== undefined && this.#refusal.untilMs > this.#clock.monotonicMs()) throw this.#refusal.failure
  }

  refused(failure: Failure): void {
    const restMs = Math.min((this.#refusal?.restMs ?? refusalMs.first / 2) * 2, refusalMs.most)
    this.#refusal = { failure, restMs, untilMs: this.#clock.monotonicMs() + restMs }
  }

  accepted(): void {
    this.#refusal = undefined
  }
}
