/**
 * Requests that were seen: each id until its deadline, in memory.
 *
 * Memory is enough, because the key that opens requests is in memory too: after
 * a restart nothing recorded before can be opened. What has been forgotten is
 * fenced off by `floor`, so forgetting never lets anything in twice, even when
 * the clock goes back.
 *
 * @module
 */
import { MAX_REMEMBERED } from './limits.ts'

const SWEEP_EVERY_MS = 10_000

export class SeenRequests {
  readonly #capacity: number
  /** Request id -> last millisecond at which it could still be accepted. */
  readonly #until = new Map<string, number>()
  #floorMs = Number.NEGATIVE_INFINITY
  #sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(capacity: number = MAX_REMEMBERED) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#until.size
  }

  /**
   * Remembers a request.
   *
   * @returns `forgotten` when it may have been here and is too old to tell.
   */
  remember(requestId: string, untilMs: number, nowMs: number): 'new' | 'seen' | 'forgotten' | 'full' {
    if (this.#until.has(requestId)) return 'seen'
    if (untilMs <= this.#floorMs) return 'forgotten'
    if (this.#until.size >= this.#capacity || Math.abs(nowMs - this.#sweptAtMs) >= SWEEP_EVERY_MS) this.#sweep(nowMs)
    if (this.#until.size >= this.#capacity) return 'full'
    this.#until.set(requestId, untilMs)
    return 'new'
  }

  #sweep(nowMs: number): void {
    this.#sweptAtMs = nowMs
    for (const [requestId, untilMs] of this.#until) {
      if (untilMs >= nowMs) continue
      this.#until.delete(requestId)
      this.#floorMs = Math.max(this.#floorMs, untilMs)
    }
  }
}
