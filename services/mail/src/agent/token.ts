/**
 * Access tokens for XOAUTH2: fetched by the connector with the client's credentials (RFC 6749 4.4), kept until they end.
 *
 * The endpoint is a target like any other: the policy file has to allow it, and only the
 * address it allowed is connected to. Nothing is followed elsewhere.
 *
 * @module
 */
import { request } from 'node:https'
import { checkServerIdentity } from 'node:tls'
import { codeOf, trustContext, type Waiting } from '@sallygate/agent-kit'
import type { ServiceHost } from '@sallygate/service-kit'
import { z } from 'zod'
import { mailFailure } from '../contract.ts'
import { within } from './deadline.ts'
import type { TokenSource } from './plan.ts'
import { printable } from './reply-reader.ts'

const maxAnswerBytes = 64 * 1024
/** It still has to be used when it arrives. */
const marginMs = 60_000
/** Where an endpoint does not say how long one lasts (RFC 6749 5.1 recommends to). */
const usualMs = 300_000

const answerSchema = z.object({
  access_token: z
    .string()
    .min(1)
    .max(16_384)
    .regex(/^[\x21-\x7e]+$/),
  expires_in: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    ])
    .optional(),
})

export class Tokens {
  readonly #source: TokenSource
  readonly #host: Pick<ServiceHost, 'target' | 'clock'>
  readonly #timeOutMs: number
  #kept: { readonly token: string; readonly untilMs: number } | undefined
  #fetching: Promise<string> | undefined

  constructor(source: TokenSource, host: Pick<ServiceHost, 'target' | 'clock'>, timeOutMs: number) {
    this.#source = source
    this.#host = host
    this.#timeOutMs = timeOutMs
  }

  /** One that was fetched before and has not ended. */
  get kept(): string | undefined {
    const isGood = this.#kept !== undefined && this.#kept.untilMs > this.#host.clock.monotonicMs()
    return isGood ? this.#kept?.token : undefined
  }

  /** @throws MAIL_TOKEN_REFUSED, MAIL_TOKEN_UNREACHABLE, what policy says, MAIL_TIME_OUT. */
  async current(context: Waiting): Promise<string> {
    const { kept } = this
    if (kept !== undefined) return kept
    // One is enough for all who wait; whoever fails, the next one asks again.
    this.#fetching ??= this.#fetch(context).finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  /** The mail server does not accept it any more. */
  forget(token: string): void {
    if (this.#kept?.token === token) this.#kept = undefined
  }

  async #fetch(context: Waiting): Promise<string> {
    const { clock } = this.#host
    const answer = await within(clock, context, this.#timeOutMs, (signal) => this.#ask(signal))
    const { access_token: token, expires_in: seconds } = answer
    const lastsMs = seconds === undefined ? usualMs : Math.min(seconds, 86_400) * 1000
    this.#kept = { token, untilMs: clock.monotonicMs() + lastsMs - marginMs }
    return token
  }

  async #ask(signal: AbortSignal): Promise<z.infer<typeof answerSchema>> {
    const { endpoint, clientId, clientSecret, scope } = this.#source
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    })
    if (scope !== undefined) form.set('scope', scope)
    const { status, text } = await this.#post(endpoint, form.toString(), signal)
    const body = parsed(text)
    if (status >= 500) throw unreachable(`status ${status}`)
    const { success, data } = answerSchema.safeParse(body)
    if (status === 200 && success) return data
    // RFC 6749 5.2: a word of a short list. What else it wrote may repeat what it was sent.
    const { error } = z.object({ error: z.string().max(60) }).safeParse(body).data ?? {
      error: 'no token in the answer',
    }
    throw mailFailure('TOKEN_REFUSED', { details: { status, said: printable(error) } })
  }

  async #post(endpoint: URL, form: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const host = endpoint.hostname.replace(/^\[|\]$/g, '')
    const port = endpoint.port === '' ? 443 : Number(endpoint.port)
    const target = await this.#host.target(host, port)
    // Node passes it on to TLS; its types do not know that.
    const trust = { secureContext: trustContext(this.#source.authorities) }
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: target.address,
          port: target.port,
          servername: target.serverName,
          path: `${endpoint.pathname}${endpoint.search}`,
          method: 'POST',
          headers: {
            host: endpoint.host,
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(form),
            accept: 'application/json',
          },
          ...trust,
          checkServerIdentity: (_host, certificate) => checkServerIdentity(target.serverName, certificate),
          agent: false,
          signal,
          maxHeaderSize: 16 * 1024,
        },
        (answer) => {
          const chunks: Buffer[] = []
          let length = 0
          answer.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length > maxAnswerBytes) return asked.destroy(new Error('too large'))
            return chunks.push(chunk)
          })
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
          )
          answer.on('error', (error) => reject(unreachable(codeOf(error), error)))
        },
      )
      asked.on('error', (error) => reject(signal.aborted ? signal.reason : unreachable(codeOf(error), error)))
      asked.end(form)
    })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unreachable = (reason: string, cause?: unknown) =>
  mailFailure('TOKEN_UNREACHABLE', { ...(cause === undefined ? {} : { cause }), details: { reason } })
