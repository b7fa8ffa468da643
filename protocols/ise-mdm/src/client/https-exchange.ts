/**
 * One server over HTTPS: requests with kept-alive connections, bounded in size and time.
 *
 * Follows no redirect, sends credentials to nobody but the one origin, and connects only
 * to addresses that its caller admits, whatever DNS says. What the answers mean is not
 * known here.
 *
 * @module
 */
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent, request as requestHttps } from 'node:https'
import type { Clock } from '@sallygate/base/clock'
import { iseClientFailure } from './failures.ts'
import { nameNetworkError } from './network-errors.ts'
import { guardedLookup, judgeLiteral } from './target-guard.ts'

export interface ExchangeOptions {
  /** `https://host[:port]`; what follows is not used. Plain http is taken for loopback. */
  readonly origin: URL
  readonly clock: Clock
  /** Authorities (PEM) to trust instead of the system's. */
  readonly ca?: string
  /** Whole request, connecting included. */
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
  readonly maxConnections?: number
  /** Says whether an IP address may be connected to. Everything may, unless given. */
  readonly admits?: (address: string) => boolean
  readonly userAgent?: string
}

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Path and query, as they go on the wire. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface ExchangeAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly durationMs: number
  /** False for the first request of a connection: its time has name, TCP and TLS in it. */
  readonly isReused: boolean
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

export class HttpsExchange {
  readonly #options: ExchangeOptions
  readonly #agent: HttpAgent

  /** @throws ISE_CLIENT_BAD_TARGET. */
  constructor(options: ExchangeOptions) {
    const { protocol, hostname } = options.origin
    const isPlain = protocol === 'http:' && loopbackNames.has(hostname)
    if (!isPlain && protocol !== 'https:')
      throw iseClientFailure('BAD_TARGET', { details: { target: options.origin.host } })
    this.#options = options
    const pool = { keepAlive: true, maxSockets: options.maxConnections ?? 4 }
    this.#agent = isPlain
      ? new HttpAgent(pool)
      : new Agent({
          ...pool,
          minVersion: 'TLSv1.2',
          ...(options.ca === undefined ? {} : { ca: options.ca }),
        })
  }

  /**
   * @throws ISE_CLIENT_* for what keeps an answer from coming. A status is an answer.
   */
  async request(request: ExchangeRequest): Promise<ExchangeAnswer> {
    const { clock, timeoutMs, maxAnswerBytes } = this.#options
    const startMs = clock.monotonicMs()
    const abort = new AbortController()
    const timer = clock.after(timeoutMs, () => abort.abort(iseClientFailure('TIMED_OUT', { details: { timeoutMs } })))
    try {
      const { response, isReused } = await this.#send(request, abort.signal)
      const body = await readBounded(response, maxAnswerBytes)
      return {
        status: response.statusCode ?? 0,
        headers: flat(response),
        body,
        durationMs: clock.monotonicMs() - startMs,
        isReused,
      }
    } catch (error) {
      if (abort.signal.aborted) throw abort.signal.reason
      throw nameNetworkError(error, this.#options.origin.host)
    } finally {
      timer.cancel()
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(
    request: ExchangeRequest,
    signal: AbortSignal,
  ): Promise<{ readonly response: IncomingMessage; readonly isReused: boolean }> {
    const { origin, admits } = this.#options
    const host = origin.hostname.replace(/^\[(.*)\]$/, '$1')
    judgeLiteral(host, admits)
    const isPlain = origin.protocol === 'http:'
    const options: RequestOptions = {
      agent: this.#agent,
      method: request.method,
      host,
      port: origin.port === '' ? (isPlain ? 80 : 443) : Number(origin.port),
      path: request.path,
      headers: {
        'user-agent': this.#options.userAgent ?? 'sallygate-ise-client/0.1',
        ...request.headers,
        ...(request.body === undefined ? {} : { 'content-length': String(request.body.length) }),
      },
      signal,
      ...(admits === undefined ? {} : { lookup: guardedLookup(admits) }),
    }
    return new Promise((resolve, reject) => {
      const sent = (isPlain ? requestHttp : requestHttps)(options)
      sent.once('response', (response) => resolve({ response, isReused: sent.reusedSocket }))
      sent.once('error', reject)
      sent.end(request.body)
    })
  }
}

async function readBounded(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) {
      response.destroy()
      throw iseClientFailure('ANSWER_TOO_LARGE', { details: { mostBytes: maxBytes } })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function flat(response: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}
