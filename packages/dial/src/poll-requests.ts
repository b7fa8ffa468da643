/**
 * Plain HTTP requests over the path to the relay, each bounded in time and size.
 *
 * At most two connections, kept between requests, opened over the same path as a
 * WebSocket: the same TLS trust, the same proxy client.
 *
 * @module
 */
import { Agent, request as sendRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Bytes } from '@sallygate/base/bytes'
import { dialFailure } from './failures.ts'
import { openPath, type PathOptions } from './path.ts'
import type { RelayTarget } from './relay-url.ts'
import { errorCode } from './system-errors.ts'

export interface PollResponse {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface PollQuestion {
  readonly method: 'GET' | 'POST'
  /** Behind the path of the relay's URL. */
  readonly suffix: string
  readonly body?: Bytes
  readonly timeoutMs: number
  readonly maxBytes: number
}

export class PollRequests {
  readonly #target: RelayTarget
  readonly #options: PathOptions
  readonly #agent: PathAgent
  readonly #signal: AbortSignal

  constructor(target: RelayTarget, options: PathOptions, signal: AbortSignal) {
    this.#target = target
    this.#options = options
    this.#signal = signal
    this.#agent = new PathAgent(() => openPath(target, options, signal))
  }

  /** Bytes over all connections so far, and those not yet taken by the system. */
  progress(): { readonly readBytes: number; readonly writtenBytes: number; readonly bufferedBytes: number } {
    return this.#agent.progress()
  }

  /** @throws DIAL_* that names the hop, DIAL_SILENT, DIAL_CUT, DIAL_PROTOCOL for an answer that is too large; or the signal's reason. */
  ask(question: PollQuestion): Promise<PollResponse> {
    const { url } = this.#target
    const path = `${url.pathname.replace(/\/$/, '')}${question.suffix}${url.search}`
    const { body } = question
    return new Promise((resolve, reject) => {
      const late = this.#options.clock.after(question.timeoutMs, () =>
        sending.destroy(this.#silent(question.timeoutMs)),
      )
      const onAbort = () => sending.destroy(this.#signal.reason as Error)
      const settle = () => {
        late.cancel()
        this.#signal.removeEventListener('abort', onAbort)
      }
      const fail = (cause: unknown) => {
        settle()
        reject(this.#signal.aborted ? this.#signal.reason : this.#named(cause))
      }
      const sending = sendRequest(
        {
          agent: this.#agent,
          method: question.method,
          host: this.#target.host,
          port: this.#target.port,
          path,
          headers: {
            host: url.host,
            accept: 'application/octet-stream',
            'cache-control': 'no-store',
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/octet-stream', 'content-length': body.length }),
          },
        },
        (response) => {
          this.#read(response, question.maxBytes).then((whole) => {
            settle()
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole })
          }, fail)
        },
      )
      sending.on('error', fail)
      this.#signal.addEventListener('abort', onAbort, { once: true })
      if (this.#signal.aborted) onAbort()
      sending.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  #read(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = []
      let length = 0
      response.on('data', (part: Buffer) => {
        length += part.length
        if (length <= maxBytes) parts.push(part)
        else response.destroy(dialFailure('PROTOCOL', { details: { reason: 'answer too large', limit: maxBytes } }))
      })
      response.on('end', () => resolve(Buffer.concat(parts)))
      response.on('error', reject)
      response.on('close', () => reject(new Error('closed')))
    })
  }

  #silent(afterMs: number) {
    return dialFailure('SILENT', { details: { address: this.#target.shown, waitedFor: 'HTTP answer', afterMs } })
  }

  #named(cause: unknown): Error {
    if (dialFailure.is(cause)) return cause
    return dialFailure('CUT', { cause, details: { address: this.#target.shown, reason: errorCode(cause) } })
  }
}

/** Opens its connections over the path. No proxy of the environment is ever asked. */
class PathAgent extends Agent {
  readonly #open: () => Promise<Duplex>
  readonly #streams = new Set<Duplex>()
  #readBytes = 0
  #writtenBytes = 0

  constructor(open: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: 2, maxFreeSockets: 2 })
    this.#open = open
  }

  override createConnection(_options: unknown, made?: (error: Error | null, stream: Duplex) => void): undefined {
    const failed = (error: Error) => made?.(error, undefined as never)
    this.#open().then((stream) => {
      this.#streams.add(stream)
      stream.once('close', () => {
        this.#streams.delete(stream)
        this.#readBytes += readOf(stream)
        this.#writtenBytes += writtenOf(stream)
      })
      made?.(null, stream)
    }, failed)
  }

  progress() {
    let [readBytes, writtenBytes, bufferedBytes] = [this.#readBytes, this.#writtenBytes, 0]
    for (const stream of this.#streams) {
      readBytes += readOf(stream)
      writtenBytes += writtenOf(stream)
      bufferedBytes += stream.writableLength
    }
    return { readBytes, writtenBytes, bufferedBytes }
  }

  override destroy(): void {
    for (const stream of this.#streams) stream.destroy()
    super.destroy()
  }
}

const readOf = (stream: Duplex) => (stream as Socket).bytesRead ?? 0
const writtenOf = (stream: Duplex) => ((stream as Socket).bytesWritten ?? 0) - stream.writableLength
