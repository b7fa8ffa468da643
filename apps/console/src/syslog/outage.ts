/**
 * The outage of one target: why and since when it takes nothing, and when it is tried again.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { notReachedCodes } from '../calls/not-reached.ts'

const firstPauseMs = 1000
export const longestPauseMs = 60_000
/** Where it is our own side that fails, trying again costs nobody anything. */
const longestPauseOfOursMs = 5000
/** Shorter outages are no event: a connector or a collector that restarts. */
export const tellAfterMs = 15_000

interface Lasting {
  readonly since: Date
  readonly sinceMs: number
  readonly failure: Failure
  readonly pauseMs: number
}

export class Outage {
  readonly #clock: Clock
  readonly #random: () => number
  #lasting: Lasting | undefined
  #next: { readonly at: Date; readonly ms: number } | undefined

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  get lasting(): Pick<Lasting, 'since' | 'failure'> | undefined {
    return this.#lasting
  }

  get nextAttemptAt(): Date | undefined {
    return this.#next?.at
  }

  /** How long nobody tries. */
  get pauseLeftMs(): number {
    return this.#next === undefined ? 0 : Math.max(0, this.#next.ms - this.#clock.monotonicMs())
  }

  /** It did not come to anybody: for want of a connector, or of room in the store. */
  get isOurs(): boolean {
    return this.#lasting !== undefined && isOurs(this.#lasting.failure)
  }

  get isWorthTelling(): boolean {
    return this.#lasting !== undefined && this.#clock.monotonicMs() - this.#lasting.sinceMs >= tellAfterMs
  }

  /** @returns whether it is another failure than before. */
  failed(failure: Failure): boolean {
    const before = this.#lasting
    const { since, sinceMs } = before ?? { since: this.#clock.now(), sinceMs: this.#clock.monotonicMs() }
    const longestMs = isOurs(failure) ? longestPauseOfOursMs : longestPauseMs
    const pauseMs = before === undefined ? firstPauseMs : Math.min(longestMs, before.pauseMs * 2)
    this.#lasting = { since, sinceMs, failure, pauseMs }
    // Full jitter above a half: targets that failed together do not come back together.
    this.#tryIn(pauseMs * (0.5 + this.#random() / 2))
    return before?.failure.code !== failure.code
  }

  /** A connector has come: who waits for one need not wait out its pause. @returns whether it did. */
  connectorCame(): boolean {
    if (this.#lasting === undefined || !isForConnector(this.#lasting.failure)) return false
    this.#tryIn(0)
    return true
  }

  over(): void {
    this.#lasting = undefined
    this.#next = undefined
  }

  #tryIn(ms: number): void {
    this.#next = { at: new Date(this.#clock.now().getTime() + ms), ms: this.#clock.monotonicMs() + ms }
  }
}

function isOurs(failure: Failure): boolean {
  return isForConnector(failure) || failure.code.startsWith('STORE_')
}

function isForConnector({ code }: Failure): boolean {
  return notReachedCodes.has(code)
}
