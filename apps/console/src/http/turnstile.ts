/**
 * The turnstile: how many requests come in at one turn of the event loop.
 *
 * Node hands over whatever the network has brought, a thousand requests in one turn, and while they are all begun
 * nothing else is done: the answers of connectors that would end older requests wait behind them, and the connectors
 * seem silent. So a few come in per turn and the rest wait here; where too many wait, the newest is sent away before
 * anything about it is looked at.
 *
 * @module
 */
import { consoleFailure } from '../failures.ts'

export interface TurnstileBounds {
  readonly perTurn: number
  readonly mostWaiting: number
}

/** A request takes a third of a millisecond before it waits for something: five milliseconds a turn. */
export const turnstileBounds: TurnstileBounds = { perTurn: 16, mostWaiting: 1024 }

/** Told to those who are sent away. */
const retryAfterMs = 1000

export class Turnstile {
  readonly #bounds: TurnstileBounds
  #waiting: (() => void)[] = []
  #entered = 0
  #isPlanned = false

  constructor(bounds = turnstileBounds) {
    this.#bounds = bounds
  }

  /** @returns what to wait for; `undefined` where nobody has to. @throws CONSOLE_BUSY. */
  enter(): Promise<void> | undefined {
    const { perTurn, mostWaiting } = this.#bounds
    this.#plan()
    if (this.#entered < perTurn && this.#waiting.length === 0) {
      this.#entered++
      return undefined
    }
    if (this.#waiting.length >= mostWaiting) throw consoleFailure('BUSY', { details: { retryAfterMs } })
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isPlanned = false
    const next = this.#waiting.splice(0, this.#bounds.perTurn)
    this.#entered = next.length
    for (const enter of next) enter()
    if (next.length > 0) this.#plan()
  }
}
