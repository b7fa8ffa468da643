/**
 * The bulk road: large answers, sent no faster than the line takes them.
 *
 * What is once in the system's send buffer cannot be overtaken, and on a slow line that buffer
 * holds minutes. So only as much is under way as arrives soon, and everything small, a
 * sign-in's answer before all, goes past what still waits here.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { ReplyParts } from '@sallygate/envelope'

export interface BulkRoadOptions {
  readonly clock: Clock
  /** Resolves when the relay has everything that was sent before. */
  readonly arrived: () => Promise<void>
}

interface Load {
  readonly parts: ReplyParts
  readonly send: (cargo: Buffer) => void
}

const kibibyte = 1024
/** Two chunks in the bucket of 4 KiB: a quarter of a second at 256 kbit/s, and the line does not stand still between them. */
const leastWindow = 8 * kibibyte
const mostWindow = 4096 * kibibyte
/** What goes into the buckets of 4, 16, 64 and 256 KiB. */
const chunks = [240, 60, 15, 3].map((size) => size * kibibyte)
/** Beyond the line's own delay: less is a line with room, more is a queue that has formed. */
const [roomMs, queueMs] = [100, 400]
/** A relay answers ten pings a second; the heartbeat needs its own. */
const askedPerSecond = 8

export class BulkRoad {
  readonly #options: BulkRoadOptions
  #waiting: Load[] = []
  #window = leastWindow
  #underWay = 0
  #isAsking = false
  /** The shortest time there and back that was seen; what is beyond it is our own doing. */
  #shortestMs = Number.POSITIVE_INFINITY
  #tokens = askedPerSecond
  #tokensMs: number

  constructor(options: BulkRoadOptions) {
    this.#options = options
    this.#tokensMs = options.clock.monotonicMs()
  }

  /** Answers that are not sent to their end. */
  get length(): number {
    return this.#waiting.length
  }

  /** What may be under way, in bytes. */
  get window(): number {
    return this.#window
  }

  add(parts: ReplyParts, send: (cargo: Buffer) => void): void {
    this.#waiting.push({ parts, send })
    if (this.#shortestMs === Number.POSITIVE_INFINITY) this.#ask()
    else this.#pump()
  }

  /** One chunk of each in turn: an answer of one page is not behind one of sixteen. */
  #pump(): void {
    for (let load = this.#waiting.shift(); load !== undefined; load = this.#waiting.shift()) {
      const room = this.#window - this.#underWay
      if (room <= 0) {
        this.#waiting.unshift(load)
        break
      }
      const cargo = load.parts.next(chunks.find((size) => size <= room) ?? 0)
      if (cargo === undefined) continue
      this.#underWay += cargo.length
      this.#waiting.push(load)
      load.send(cargo)
    }
    if (this.#underWay > 0) this.#ask()
  }

  /** One question at a time. */
  #ask(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    const { clock, arrived } = this.#options
    const waitMs = this.#takeToken()
    if (waitMs > 0) {
      clock.after(waitMs, () => this.#askAgain(), { background: true })
      return
    }
    const askedMs = clock.monotonicMs()
    const asked = this.#underWay
    arrived().then(
      () => this.#arrived(asked, clock.monotonicMs() - askedMs),
      () => this.#lost(),
    )
  }

  #askAgain(): void {
    this.#isAsking = false
    this.#ask()
  }

  #arrived(bytes: number, tookMs: number): void {
    this.#isAsking = false
    this.#shortestMs = Math.min(this.#shortestMs, tookMs)
    this.#underWay -= bytes
    const ownMs = tookMs - this.#shortestMs
    if (bytes >= this.#window / 2 && ownMs <= roomMs) this.#window = Math.min(mostWindow, this.#window * 2)
    if (ownMs > queueMs) this.#window = Math.max(leastWindow, this.#window / 2)
    this.#pump()
  }

  /** The line is gone, and with it whoever waited for these answers. Another line has other ways. */
  #lost(): void {
    this.#isAsking = false
    this.#waiting = []
    this.#underWay = 0
    this.#window = leastWindow
    this.#shortestMs = Number.POSITIVE_INFINITY
  }

  /** @returns how long to wait for one; 0 when it was taken. */
  #takeToken(): number {
    const nowMs = this.#options.clock.monotonicMs()
    this.#tokens = Math.min(askedPerSecond, this.#tokens + ((nowMs - this.#tokensMs) / 1000) * askedPerSecond)
    this.#tokensMs = nowMs
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / askedPerSecond) * 1000)
    this.#tokens--
    return 0
  }
}
