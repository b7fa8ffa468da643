/**
 * Silence: a database that was waited for in vain is not waited for again by everybody who comes.
 *
 * Whoever comes within a moment of that hears at once what the last one heard; then one
 * tries again. A database that refuses at once costs nobody anything, and is tried by all.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'

/** An answer that took this long was waited for. */
const waitedMs = 1000
const quietMs = 2000

export class Silence {
  #failure: Failure | undefined
  #untilMs = 0

  /** @throws what the last one heard, while nobody has to try again yet. */
  check(): void {
    if (this.#failure !== undefined && performance.now() < this.#untilMs) throw this.#failure
  }

  answered(): void {
    this.#failure = undefined
  }

  /** @param sinceMs when it was asked, on the clock of `performance`. */
  heardNothing(failure: Failure, sinceMs: number): void {
    const nowMs = performance.now()
    if (nowMs - sinceMs < waitedMs) return
    this.#failure = failure
    this.#untilMs = nowMs + quietMs
  }
}
