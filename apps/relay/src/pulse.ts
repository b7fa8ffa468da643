/**
 * A pulse: whether a peer still lives, judged by when it was last heard.
 *
 * TCP would report a cut cable after a quarter of an hour, and a proxy on the way may
 * answer the WebSocket's own pings itself; so the frames of the peer are what counts.
 *
 * @module
 */
import { limits } from '@sallygate/hop'
import { aboutMs } from './jitter.ts'

export class Pulse {
  readonly #askAfterMs = aboutMs(limits.pingMs)
  #heardMs: number
  #askedMs: number

  constructor(nowMs: number) {
    this.#heardMs = nowMs
    this.#askedMs = nowMs
  }

  heard(nowMs: number): void {
    this.#heardMs = nowMs
  }

  /** @param untilNextMs When this will be asked again: who would be overdue by then is gone now, so never late. */
  feel(nowMs: number, untilNextMs: number): 'fine' | 'ask' | 'gone' {
    const silentMs = nowMs - this.#heardMs
    if (silentMs + untilNextMs > limits.deadMs) return 'gone'
    if (silentMs < this.#askAfterMs || nowMs - this.#askedMs < this.#askAfterMs) return 'fine'
    this.#askedMs = nowMs
    return 'ask'
  }
}
