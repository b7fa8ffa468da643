/**
 * The link to the console: JSON over HTTPS with a kept connection, bounded in size and time.
 *
 * @module
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { concat, type Bytes } from '@sallygate/base/bytes'
import { Failure, failureFromReport, type FailureReport } from '@sallygate/base/failure'
import type { ConsoleFile } from './console-file.ts'
import { feedFailure } from './failures.ts'

export interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly timeoutMs: number
  readonly maxBytes?: number
  readonly signal?: AbortSignal | undefined
}

export class ConsoleLink {
  readonly #file: ConsoleFile
  readonly #agent: HttpAgent | HttpsAgent

  constructor(file: ConsoleFile) {
    this.#file = file
    const options = { keepAlive: true, maxSockets: 8, maxFreeSockets: 2 }
    this.#agent =
      file.url.protocol === 'https:'
        ? new HttpsAgent({ ...options, minVersion: 'TLSv1.2', ...(file.ca === undefined ? {} : { ca: file.ca }) })
        : new HttpAgent(options)
  }

  /** @throws NAC_LINK_UNREACHABLE, NAC_LINK_REFUSED, NAC_LINK_ANSWER_UNREADABLE, or what the console answered. */
  async ask(asked: Asked): Promise<unknown> {
    const { status, body } = await this.#exchange(asked)
    const content = readAnswer(body)
    if (status >= 200 && status < 300) return content
    if (status === 401 || status === 403) throw feedFailure('REFUSED', { details: { status } })
    throw isReport(content) ? failureFromReport(content) : feedFailure('ANSWER_UNREADABLE', { details: { status } })
  }

  close(): void {
    this.#agent.destroy()
  }

  #exchange(asked: Asked): Promise<{ status: number; body: Bytes }> {
    const { url, credential } = this.#file
    const payload = asked.body === undefined ? undefined : Buffer.from(JSON.stringify(asked.body), 'utf8')
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const prefix = url.pathname.replace(/\/$/, '')
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) =>
        reject(cause instanceof Failure ? cause : feedFailure('UNREACHABLE', { cause, details: { host: url.host } }))
      const request = send(
        {
          host: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port === '' ? undefined : Number(url.port),
          method: asked.method,
          path: `${prefix}${asked.path}`,
          agent: this.#agent,
          ...(asked.signal === undefined ? {} : { signal: asked.signal }),
          headers: {
            host: url.host,
            authorization: `Bearer ${credential.reveal()}`,
            accept: 'application/json',
            ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
          },
        },
        (response) => void readBody(response, asked.maxBytes ?? 1024 * 1024).then(resolve, fail),
      )
      request.setTimeout(asked.timeoutMs, () => request.destroy(new Error('no answer in time')))
      request.on('error', fail)
      request.end(payload)
    })
  }
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<{ status: number; body: Bytes }> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) {
      response.destroy()
      throw feedFailure('ANSWER_UNREADABLE', { details: { limit: maxBytes } })
    }
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, body: concat(...chunks) }
}

function readAnswer(body: Bytes): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (cause) {
    throw feedFailure('ANSWER_UNREADABLE', { cause })
  }
}

function isReport(content: unknown): content is FailureReport {
  const report = content as Partial<FailureReport> | null
  return typeof report?.code === 'string' && typeof report.says === 'string' && typeof report.fix === 'string'
}
