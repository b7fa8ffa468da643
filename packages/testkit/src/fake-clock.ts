/**
 * A clock that moves only when a test says so.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'

interface Planned {
  readonly dueMs: number
  readonly order: number
  readonly action: () => void
}

export class FakeClock implements Clock {
  #wallMs: number
  #monotonicMs = 0
  #order = 0
  readonly #planned = new Set<Planned>()

  constructor(startsAt: Date = new Date('2026-11-22T12:00:00Z')) {
    this.#wallMs = startsAt.getTime()
  }

  now(): Date {
    return new Date(this.#wallMs)
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  after(delayMs: number, action: () => void): Timer {
    const planned: Planned = { dueMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, action }
    this.#planned.add(planned)
    return { cancel: () => this.#planned.delete(planned) }
  }

  /** Moves both clocks, running what falls due in order, and lets promises settle after each step. */
  async advance(ms: number): Promise<void> {
    const until = this.#monotonicMs + ms
    await settle()
    for (;;) {
      const next = [...this.#planned]
        .filter((planned) => planned.dueMs <= until)
        .toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)
        .at(0)
      if (next === undefined) break
      this.#planned.delete(next)
      this.#move(next.dueMs - this.#monotonicMs)
      next.action()
      await settle()
    }
    this.#move(until - this.#monotonicMs)
    await settle()
  }

  /** The wall clock jumps, as when somebody sets it; no timer notices. */
  jumpWall(ms: number): void {
    this.#wallMs += ms
  }

  /** How many timers wait; a test that ends with more than it began with has found a leak. */
  get pending(): number {
    return this.#planned.size
  }

  #move(ms: number): void {
    this.#wallMs += ms
    this.#monotonicMs += ms
  }
}

/** A few turns of the event loop, so that promise chains and immediates run before time moves on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
