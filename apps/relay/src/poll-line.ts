/**
 * A poll line: a line over plain requests, for peers that no WebSocket gets through to.
 *
 * What goes down waits for the peer's next request and is kept until the one after it
 * says that it has come; what comes up is numbered. So an answer that was lost is given
 * again, and a request that comes twice is heard once.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import { batchLength, decodeBatch, encodeBatch, hopFailure, limits, type PollKeys } from '@sallygate/hop'
import type { Line, LineEvents } from './line.ts'

interface Queued {
  readonly frame: Uint8Array
  readonly length: number
  readonly written: ((error?: Error | null) => void) | undefined
}

/** A request that waits for something to answer. */
export interface Waiting {
  answer(body: Buffer): void
}

export interface PollLineOptions {
  readonly clock: Clock
  readonly session: string
  readonly keys: PollKeys
  readonly nonce: Buffer
  /** It is over; nothing will be asked of it. */
  readonly ended: (line: PollLine) => void
}

const nobody: LineEvents = { frame() {}, controlPing() {}, broken() {}, closed() {} }

export class PollLine implements Line {
  readonly session: string
  readonly keys: PollKeys
  readonly nonce: Buffer
  /** Its peer has proven who it is. */
  isProven = false
  /** Connections that its requests have come over while it was a stranger. */
  readonly sockets = new Set<string>()
  readonly #options: PollLineOptions
  #events = nobody
  #queue: Queued[] = []
  #queuedBytes = 0
  /** Given, and not known to have come. */
  #given: { readonly body: Buffer; readonly frames: readonly Queued[]; readonly bytes: number } | undefined
  #sequence = 0
  #lastRequest = -1
  #waiting: { readonly request: Waiting; readonly hold: Timer } | undefined
  #lastUp = 0
  #lastDigest = ''
  #isPlanned = false
  #isClosing = false
  #isOver = false

  constructor(options: PollLineOptions) {
    this.#options = options
    this.session = options.session
    this.keys = options.keys
    this.nonce = options.nonce
  }

  get waitingBytes(): number {
    return this.#queuedBytes + (this.#given?.bytes ?? 0)
  }

  listen(events: LineEvents): void {
    this.#events = events
  }

  send(frame: Uint8Array, written?: (error?: Error | null) => void): void {
    if (this.#isClosing || this.#isOver) return
    this.#queue.push({ frame, length: frame.length, written })
    this.#queuedBytes += frame.length
    this.#plan()
  }

  controlPong(): void {}

  /** What is queued still goes; the peer learns with it that nothing comes after. */
  close(): void {
    if (this.#isClosing || this.#isOver) return
    this.#isClosing = true
    this.#plan()
    this.#options.clock.after(closingMs, () => this.cut(), { background: true })
  }

  cut(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#isClosing = true
    this.#dismiss()
    this.#options.ended(this)
    const open = [...(this.#given?.frames ?? []), ...this.#queue]
    this.#queue = []
    this.#given = undefined
    this.#queuedBytes = 0
    // As a socket does it: whoever cut it is through with what it was doing.
    setImmediate(() => {
      for (const { written } of open) written?.(new Error('closed'))
      this.#events.closed()
    })
  }

  /** What goes into the answer to the very first request. */
  takeFirst(): Uint8Array | undefined {
    const first = this.#queue.shift()
    this.#queuedBytes -= first?.length ?? 0
    first?.written?.()
    return first?.frame
  }

  /**
   * The peer asks for what comes after batch `last`.
   *
   * A proxy may make the last request again when it has lost the connection to us; it gets the same answer.
   *
   * @returns false for a request that no honest peer makes: one of before, or for a batch that there never was.
   */
  ask(number: number, last: number, request: Waiting): boolean {
    const isRepeated = number === this.#lastRequest && this.#waiting === undefined
    if (this.#isOver || (number <= this.#lastRequest && !isRepeated)) return false
    this.#lastRequest = number
    if (last === this.#sequence) this.#confirm()
    else if (last !== this.#sequence - 1 || this.#given === undefined) return false
    // The one before was given up by its peer; it may still be open here.
    this.#dismiss()
    const hold = this.#options.clock.after(limits.pollHoldMs, () => this.#dismiss(), { background: true })
    this.#waiting = { request, hold }
    this.#answer()
    return true
  }

  /** The connection of a waiting request is gone. */
  forget(request: Waiting): void {
    if (this.#waiting?.request !== request) return
    this.#waiting.hold.cancel()
    this.#waiting = undefined
  }

  /**
   * The peer sends batch `number`.
   *
   * @returns false when it is out of order.
   */
  take(number: number, digest: string, body: Buffer): boolean {
    if (this.#isOver) return false
    if (number === this.#lastUp) return digest === this.#lastDigest
    if (number !== this.#lastUp + 1) return false
    this.#lastUp = number
    this.#lastDigest = digest
    let batch
    try {
      batch = decodeBatch(body)
    } catch (error) {
      if (!hopFailure.is(error)) throw error
      this.#events.broken('BAD_BATCH')
      this.close()
      return true
    }
    // What ends the line in the middle of a batch also ends the batch.
    for (const frame of batch.frames) if (!this.#isClosing) this.#events.frame(Buffer.from(frame))
    if (batch.isLast) this.cut()
    return true
  }

  /** Everything that was sent in one turn leaves in one answer. */
  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    setImmediate(() => {
      this.#isPlanned = false
      this.#answer()
    })
  }

  #answer(): void {
    if (this.#waiting === undefined) return
    if (this.#given === undefined && (this.#queue.length > 0 || this.#isClosing)) this.#give()
    if (this.#given === undefined) return
    const { request, hold } = this.#waiting
    hold.cancel()
    this.#waiting = undefined
    request.answer(this.#given.body)
  }

  #give(): void {
    const frames = this.#queue.splice(0, batchLength(this.#queue))
    const bytes = frames.reduce((sum, { length }) => sum + length, 0)
    this.#queuedBytes -= bytes
    const isLast = this.#isClosing && this.#queue.length === 0
    const body = encodeBatch({ sequence: ++this.#sequence, isLast, frames: frames.map(({ frame }) => frame) })
    this.#given = { body, frames, bytes }
  }

  #confirm(): void {
    const given = this.#given
    this.#given = undefined
    for (const { written } of given?.frames ?? []) written?.()
  }

  /** Answers a waiting request with nothing: it has waited long enough, or another has taken its place. */
  #dismiss(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    waiting.hold.cancel()
    waiting.request.answer(encodeBatch({ sequence: this.#sequence, isLast: this.#isOver, frames: [] }))
  }
}

/** How long a peer has to fetch the last of it. */
const closingMs = 1000
