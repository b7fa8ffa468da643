/**
 * A wire over plain requests: one that brings frames up, one that waits for what comes down.
 *
 * For networks that let no WebSocket through. Each direction is numbered; a request
 * whose answer was lost is made again, and the relay hears it once.
 *
 * @module
 */
import { sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { sleep } from '@sallygate/base/clock'
import {
  batchLength,
  decodeBatch,
  decodeFrame,
  encodeBatch,
  encodeHello,
  hopFailure,
  limits,
  makePollKey,
  openPollAnswer,
  pollKeys,
  pollNonce,
  pollPath,
  pollSuffix,
  pollWelcomeLayout,
  type PollKeys,
} from '@sallygate/hop'
import { dialFailure, type DialFailure } from './failures.ts'
import { hopTimeoutMs, type PathOptions } from './path.ts'
import { PollRequests, type PollResponse } from './poll-requests.ts'
import type { RelayTarget } from './relay-url.ts'
import { httpRefusal } from './http-refusal.ts'
import type { OpenWire, Progress, Wire, WireEvents } from './wire.ts'

/** What a batch and its MAC add to its frames. */
const overhead = 16 * 1024
const largestAnswer = limits.messageBytes + overhead
/** A request may be slow; the heartbeat finds out earlier when nothing moves. */
const requestMs = limits.pollHoldMs + 10_000
/** How often a request is made again that failed on the way, and how long is waited before. */
const [tries, firstPauseMs] = [5, 100]
const goodbyeMs = 1000
/** Statuses of something in between that may be gone the next time. */
const passing = new Set([502, 503, 504])

export function longPollOpener(target: RelayTarget, options: PathOptions): OpenWire {
  return async (events, signal) => {
    const ending = new AbortController()
    const requests = new PollRequests(target, options, ending.signal)
    const address = `${target.shown}${target.url.pathname}`
    // Only until it is open: a session that ends still has something to say.
    const onAbort = () => ending.abort(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      if (signal.aborted) throw signal.reason
      const { session, keys, challenge } = await begin(requests, address, options)
      signal.removeEventListener('abort', onAbort)
      const wire = new LongPollWire(requests, session, keys, events, options, ending)
      // From here on the session ends the wire by itself.
      events.opened(wire)
      events.message(challenge)
      wire.start()
    } catch (error) {
      signal.removeEventListener('abort', onAbort)
      requests.close()
      throw error
    }
  }
}

async function begin(requests: PollRequests, address: string, options: PathOptions) {
  const key = makePollKey()
  const timeoutMs = options.timeoutMs ?? hopTimeoutMs
  // The path has its own time for each hop; this one is for the answer.
  const question = { method: 'POST', suffix: pollSuffix, body: encodeHello(key), maxBytes: overhead } as const
  const response = await requests.ask({ ...question, timeoutMs: 4 * timeoutMs })
  if (response.status !== 200) throw httpRefusal(response, address, options.clock)
  const notOne = (reason: string) => dialFailure('NOT_A_RELAY', { details: { address, reason } })
  try {
    const welcome = pollWelcomeLayout.decode(response.body)
    const nonce = pollNonce(welcome.session, key.publicKey, welcome.key, welcome.salt)
    const keys = pollKeys(key, welcome.key, nonce)
    const frame = decodeFrame(welcome.challenge, 'relay')
    // The proof signs this nonce. If it were another, somebody in between could use the proof for a session of its own.
    if (keys === undefined || frame.type !== 'challenge' || !Buffer.from(frame.nonce).equals(nonce)) {
      throw notOne('its challenge is not for this connection')
    }
    return { session: welcome.session, keys, challenge: Buffer.from(welcome.challenge) }
  } catch (cause) {
    throw dialFailure.is(cause) ? cause : notOne('its answer is no welcome')
  }
}

interface Queued {
  readonly message: Bytes
  readonly length: number
  readonly written: ((error?: Error | null) => void) | undefined
}

class LongPollWire implements Wire {
  readonly #requests: PollRequests
  readonly #session: string
  readonly #keys: PollKeys
  readonly #events: WireEvents
  readonly #options: PathOptions
  readonly #ending: AbortController
  #queue: Queued[] = []
  #underWay: readonly Queued[] = []
  #queuedBytes = 0
  #batch = 0
  #isSending = false
  #isEnding = false
  #isOver = false

  constructor(
    requests: PollRequests,
    session: string,
    keys: PollKeys,
    events: WireEvents,
    options: PathOptions,
    ending: AbortController,
  ) {
    this.#requests = requests
    this.#session = session
    this.#keys = keys
    this.#events = events
    this.#options = options
    this.#ending = ending
  }

  start(): void {
    this.#listen().catch((error: unknown) => this.#over(error))
  }

  send(message: Uint8Array, written?: (error?: Error | null) => void): void {
    if (this.#isOver || this.#isEnding) {
      written?.(new Error('closed'))
      return
    }
    this.#queue.push({ message, length: message.length, written })
    this.#queuedBytes += message.length
    if (!this.#isSending) this.#plan()
  }

  progress(): Progress {
    const { readBytes, writtenBytes, bufferedBytes } = this.#requests.progress()
    return { readBytes, writtenBytes, bufferedBytes: bufferedBytes + this.#queuedBytes }
  }

  end(): void {
    if (this.#isEnding || this.#isOver) return
    this.#isEnding = true
    this.#options.clock.after(goodbyeMs, () => this.cut(), { background: true })
    if (!this.#isSending) this.#plan()
  }

  cut(): void {
    this.#over(dialFailure('LOST'))
  }

  /** Everything that was said in one turn goes up in one request. */
  #plan(): void {
    this.#isSending = true
    setImmediate(() => {
      this.#sendAll().then(
        () => (this.#isSending = false),
        (error: unknown) => this.#over(error),
      )
    })
  }

  async #sendAll(): Promise<void> {
    while (!this.#isOver && (this.#queue.length > 0 || this.#isEnding)) {
      this.#underWay = this.#queue.splice(0, batchLength(this.#queue))
      const isLast = this.#isEnding && this.#queue.length === 0
      await this.#bring(this.#underWay, isLast)
      for (const { length, written } of this.#underWay) {
        this.#queuedBytes -= length
        written?.()
      }
      this.#underWay = []
      if (isLast) return this.cut()
    }
  }

  async #bring(frames: readonly Queued[], isLast: boolean): Promise<void> {
    const body = encodeBatch({ sequence: 0, isLast, frames: frames.map(({ message }) => message) })
    const detail = toHex(sha256(body))
    const asked = { session: this.#session, direction: 'up', number: ++this.#batch, detail } as const
    const suffix = pollPath(asked, this.#keys)
    const question = { method: 'POST', suffix, body, timeoutMs: requestMs, maxBytes: overhead } as const
    // The same request again, number and all: if it was heard, it is not heard twice.
    const answer = await this.#insist(() => this.#requests.ask(question))
    if (openPollAnswer(asked, answer, this.#keys) === undefined) throw notFromRelay()
  }

  async #listen(): Promise<void> {
    let last = 0
    let number = 0
    while (!this.#isOver) {
      let asked = { session: this.#session, direction: 'down', number, detail: String(last) } as const
      const answer = await this.#insist(() => {
        asked = { ...asked, number: ++number }
        const suffix = pollPath(asked, this.#keys)
        return this.#requests.ask({ method: 'GET', suffix, timeoutMs: requestMs, maxBytes: largestAnswer })
      })
      const body = openPollAnswer(asked, answer, this.#keys)
      if (body === undefined) throw notFromRelay()
      const { sequence, isLast, frames } = decodeBatch(body)
      if (sequence === last + 1) {
        last = sequence
        for (const frame of frames) if (!this.#isOver) this.#events.message(Buffer.from(frame))
      } else if (sequence !== last) throw notFromRelay()
      if (isLast) return this.#over(dialFailure('LOST', { details: { because: 'the relay has closed' } }))
    }
  }

  /** @throws what the last try failed with; a refusal that will not pass at once. */
  async #insist(ask: () => Promise<PollResponse>): Promise<Buffer> {
    for (let left = tries; ; left--) {
      try {
        const response = await ask()
        if (response.status === 200) return response.body
        const refusal = dialFailure('LOST', { details: { httpStatus: response.status } })
        if (!passing.has(response.status) || left <= 1) throw refusal
      } catch (error) {
        const isOfTheWay = dialFailure.is(error) && error.code !== 'DIAL_LOST' && error.code !== 'DIAL_PROTOCOL'
        if (this.#isOver || !isOfTheWay || left <= 1) throw error
      }
      await sleep(this.#options.clock, firstPauseMs * 2 ** (tries - left), this.#ending.signal)
    }
  }

  #over(cause: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    const failure = asFailure(cause)
    this.#ending.abort(failure)
    this.#requests.close()
    const open = [...this.#underWay, ...this.#queue]
    this.#queue = []
    this.#underWay = []
    this.#queuedBytes = 0
    // As a socket does it: whoever cut it is through with what it was doing.
    setImmediate(() => {
      for (const { written } of open) written?.(failure)
      this.#events.closed(failure)
    })
  }
}

const notFromRelay = () => dialFailure('PROTOCOL', { details: { reason: 'an answer that the relay has not made' } })

function asFailure(cause: unknown): DialFailure {
  if (dialFailure.is(cause)) return cause
  if (hopFailure.is(cause)) return dialFailure('PROTOCOL', { cause, details: { reason: 'not a batch' } })
  return dialFailure('LOST', { cause })
}
