/**
 * The waiting room: those who stand in the line, and what makes somebody look at them again.
 *
 * That is a change of who can be reached, and the clock. Who is served next is the line's.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Carrier } from './carrier.ts'
import type { InLine, Line } from './line.ts'

export interface Waiting extends InLine {
  /** Whose connectors it waits for. */
  readonly of: string
  /** Looks whether waiting is over without an answer. @returns true when it is. */
  isOver(): boolean
}

export interface WaitingRoomParts {
  readonly carrier: Carrier
  readonly clock: Clock
  readonly line: Line
}

/** How often those who wait are looked at, besides when something happens. */
const sweepMs = 250

export class WaitingRoom {
  readonly #parts: WaitingRoomParts
  readonly #waiting = new Set<Waiting>()
  readonly #watches = new Map<string, () => void>()
  #sweep: Timer | undefined

  constructor(parts: WaitingRoomParts) {
    this.#parts = parts
  }

  enter(one: Waiting): void {
    this.#waiting.add(one)
    const { carrier, clock, line } = this.#parts
    if (!this.#watches.has(one.of)) {
      this.#watches.set(
        one.of,
        carrier.onChange(one.of, () => line.serve()),
      )
    }
    if (this.#sweep !== undefined) return
    const sweep = () => {
      for (const waiting of Array.from(this.#waiting)) if (waiting.isOver()) line.leave(waiting)
      line.serve()
      this.#sweep = this.#waiting.size === 0 ? undefined : clock.after(sweepMs, sweep)
    }
    this.#sweep = clock.after(sweepMs, sweep)
  }

  leave(one: Waiting): void {
    if (!this.#waiting.delete(one)) return
    if (!this.#waiting.values().some((other) => other.of === one.of)) {
      this.#watches.get(one.of)?.()
      this.#watches.delete(one.of)
    }
    if (this.#waiting.size > 0) return
    this.#sweep?.cancel()
    this.#sweep = undefined
  }
}
