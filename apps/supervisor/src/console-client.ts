/**
 * A client of the console's REST API: the same API everybody else uses.
 *
 * @module
 */
import { failureFromReport, type FailureReport } from '@sallygate/base/failure'
import type { Secret } from '@sallygate/base/secret'
import { supervisorFailure } from './failures.ts'

export interface ConsoleClientOptions {
  /** Where the console is, without `/api`. */
  readonly url: string
  readonly apiKey: Secret
  readonly timeoutMs?: number
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export class ConsoleClient {
  readonly url: string
  readonly #apiKey: Secret
  readonly #timeoutMs: number

  constructor(options: ConsoleClientOptions) {
    this.url = options.url.replace(/\/$/, '')
    this.#apiKey = options.apiKey
    this.#timeoutMs = options.timeoutMs ?? 90_000
  }

  /**
   * One call. `path` begins with `/api/`; segments that come from people are to be encoded by the caller.
   *
   * @throws SUPERVISOR_CONSOLE_UNREACHABLE, or the failure the console answered with, under its own code.
   */
  async call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const text = await this.#text(method, path, body)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** The same for what is answered as text: CSV, for example. */
  text(path: string): Promise<string> {
    return this.#text('GET', path, undefined)
  }

  async #text(method: Method, path: string, body: unknown): Promise<string> {
    const response = await this.#fetch(method, path, body)
    const text = await response.text()
    if (response.ok) return text
    throw asFailure(response.status, text, this.url)
  }

  async #fetch(method: Method, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#apiKey.reveal()}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
    } catch (cause) {
      throw supervisorFailure('CONSOLE_UNREACHABLE', { cause, details: { url: this.url } })
    }
  }
}

function asFailure(status: number, text: string, url: string): Error {
  try {
    const problem = JSON.parse(text) as Partial<FailureReport>
    if (typeof problem.code === 'string' && typeof problem.says === 'string') {
      return failureFromReport({
        code: problem.code,
        says: problem.says,
        fix: problem.fix ?? '',
        retry: problem.retry ?? 'never',
        details: problem.details ?? {},
      })
    }
  } catch {
    // Not a problem document: something else answers at this address.
  }
  return supervisorFailure('CONSOLE_UNREACHABLE', { details: { url, status } })
}
