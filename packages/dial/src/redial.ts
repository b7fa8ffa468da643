/**
 * When to dial again: what a failure means for the next attempt.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import { BackOff } from './back-off.ts'
import type { DialFailure } from './failures.ts'
import { longestWaitMs } from './retry-after.ts'
import type { DialTuning } from './tuning.ts'

/** Dialling again changes nothing about these until a person or a console has acted. */
const stubborn = new Set<string>(['DIAL_PROOF_REFUSED', 'DIAL_REPLACED', 'DIAL_WRONG_RELAY', 'DIAL_CANNOT_SIGN'])

/** After the first refusal; four times that after each further one, up to the cap. */
const firstPatienceMs = 1500

interface Departure {
  readonly atMs: number
  readonly failure: DialFailure
  readonly timer: Timer | undefined
}

export class Redial {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #backOff: BackOff
  #stable: Timer | undefined
  #departure: Departure | undefined
  /** Proofs refused in a row. */
  #refusals = 0

  constructor(clock: Clock, random: () => number, tuning: DialTuning) {
    this.#clock = clock
    this.#random = random
    this.#backOff = new BackOff({ baseMs: tuning.backOffBaseMs, capMs: tuning.backOffCapMs, random })
  }

  /** A session stands. Only if it goes on standing is the past forgiven. */
  attached(): void {
    this.#refusals = 0
    this.#stable = this.#clock.after(this.#backOff.stablePeriodMs(), () => this.#backOff.reset(), { background: true })
  }

  /**
   * The relay wants us gone within `afterMs`, and that is why the session will end. `leave` runs then, if the relay has
   * not closed before; without it the session stays until its successor stands, or the relay closes.
   */
  depart(afterMs: number, failure: DialFailure, leave?: () => void): void {
    if (this.#departure !== undefined) return
    const waitMs = Math.min(afterMs, longestWaitMs)
    const atMs = this.#clock.monotonicMs() + waitMs
    this.#departure = { atMs, failure, timer: leave === undefined ? undefined : this.#clock.after(waitMs, leave) }
  }

  /** The session is over. @returns What to call the reason, and how long to wait. */
  ended(failure: DialFailure): { readonly failure: DialFailure; readonly retryInMs: number } {
    const departure = this.#departure
    this.rest()
    if (departure === undefined) return { failure, retryInMs: this.#waitMs(failure) }
    if (departure.failure.code !== 'DIAL_GOING_AWAY') {
      return { failure: departure.failure, retryInMs: this.#waitMs(departure.failure) }
    }
    // The relay has spread its peers over a window; inside it there is nobody to protect it from.
    const leftMs = Math.max(0, departure.atMs - this.#clock.monotonicMs())
    return { failure: departure.failure, retryInMs: this.#random() * leftMs }
  }

  /** Whether a session that ended so was sent away: that is no fault of the way it came. */
  isDeparture({ code }: DialFailure): boolean {
    return code === 'DIAL_GOING_AWAY' || code === 'DIAL_REPLACED'
  }

  /** Lets go of every timer. */
  rest(): void {
    this.#stable?.cancel()
    this.#departure?.timer?.cancel()
    this.#departure = undefined
  }

  /** Who was enrolled a moment ago is on the list at one node of the relay before the other; who was revoked is on none for ever. */
  #patienceMs(): number {
    const ms = firstPatienceMs * 4 ** this.#refusals++
    return ms >= this.#backOff.capMs ? this.#backOff.capMs : Math.min(this.#backOff.capMs, ms * (1 + this.#random()))
  }

  #waitMs(failure: DialFailure): number {
    const backOffMs = this.#backOff.next()
    const askedMs = Math.min(longestWaitMs, Number(failure.details['retryAfterMs'] ?? 0))
    // Asked to wait, everybody would come back in the same moment; so the jitter goes on top. Not more than a quarter:
    // a relay that gives each peer a time of its own would be let down by who comes a minute late.
    if (askedMs > 0) return askedMs + Math.min(backOffMs, Math.max(this.#backOff.baseMs, askedMs / 4) * this.#random())
    if (failure.code === 'DIAL_PROOF_REFUSED') return this.#patienceMs()
    return stubborn.has(failure.code) ? this.#backOff.capMs : backOffMs
  }
}
