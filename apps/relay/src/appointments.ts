/**
 * Appointments: who is sent away for now is told a time of its own to come back.
 *
 * Attachments are begun at a bounded rate. Beyond it everybody gets the next place in a
 * line that moves at that rate, so that thousands who were cut in one moment are back
 * in as few seconds as it takes, without knocking again and again.
 *
 * @module
 */
import { between } from './jitter.ts'
import { TokenBucket } from './token-bucket.ts'

/** Who would wait longer than this takes its chance then; the line may have become shorter. */
const longestMs = 60_000

export class Appointments {
  readonly #bucket: TokenBucket
  readonly #stepMs: number
  #lastMs = 0

  constructor(perSecond: number, nowMs: number) {
    this.#bucket = new TokenBucket(perSecond, perSecond, nowMs)
    this.#stepMs = 1000 / perSecond
  }

  /** @returns nothing for who may come in now; for others the seconds after which to come back. */
  ask(nowMs: number): number | undefined {
    if (this.#bucket.take(nowMs)) return undefined
    this.#lastMs = Math.max(this.#lastMs, nowMs) + this.#stepMs
    const waitMs = this.#lastMs - nowMs
    if (waitMs <= longestMs) return Math.ceil(waitMs / 1000)
    this.#lastMs = nowMs + longestMs
    return between(longestMs / 2000, longestMs / 1000)
  }
}
