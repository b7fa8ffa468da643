/**
 * How the hub's words travel: signed statements as JSON over HTTPS, each answer bounded.
 *
 * The console is proven by its certificate, the hub by its signature. A proxy in between
 * that inspects TLS can read, and cannot speak for the device.
 *
 * @module
 */
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { toBase64Url } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Secret } from '@sallygate/base/secret'
import type { CheckIn, CheckInReply, ConsolePort } from './console-port.ts'
import { hubFailure } from './failures.ts'
import type { Identity } from './identity.ts'
import type { Order } from './orders.ts'
import type { Observation } from './platform/observation.ts'

export interface EnrollmentRequest {
  readonly code: Secret
  readonly observation: Observation
  readonly login?: { readonly user: string; readonly password: Secret } | undefined
}

export interface WireOptions {
  readonly consoleUrl: string
  readonly identity: Identity
  readonly clock: Clock
  readonly ca?: string | undefined
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly date: Date | undefined
}

const enrollmentLabel = 'sallygate device enrollment 1'
const checkInLabel = 'sallygate device check-in 1'
const timeoutMs = 30_000
const mostBytes = 1024 * 1024
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

export class ConsoleWire implements ConsolePort {
  readonly #options: WireOptions
  readonly #url: URL

  /** @throws HUB_BAD_CONSOLE. */
  constructor(options: WireOptions) {
    this.#options = options
    this.#url = consoleUrl(options.consoleUrl)
  }

  /** @throws HUB_CODE_REFUSED, HUB_*. @returns the device's id. */
  async enroll({ code, observation, login }: EnrollmentRequest): Promise<string> {
    const { identity, clock } = this.#options
    const statement = JSON.stringify({ ...observation, atMs: clock.now().getTime() })
    const answer = await this.#post('/api/device-enrollment', {
      code: code.reveal(),
      key: toBase64Url(identity.publicKey),
      statement,
      signature: toBase64Url(identity.sign([enrollmentLabel, statement].join('\n'))),
      ...(login === undefined ? {} : { login: { user: login.user, password: login.password.reveal() } }),
    })
    const { device } = answer.body
    if (answer.status === 201 && typeof device === 'string') return device
    throw enrollmentRefusal(answer)
  }

  /** @throws HUB_*. */
  async checkIn({
    enrollment,
    sequence,
    observedAt,
    identifiers,
    facts,
    outcomes,
    isLeaving,
  }: CheckIn): Promise<CheckInReply> {
    const { identity } = this.#options
    const { device } = enrollment
    const results = outcomes.map(({ id, isDone, says }) => ({ command: id, outcome: isDone ? 'done' : 'failed', says }))
    const said = {
      identifiers,
      facts,
      atMs: observedAt.getTime(),
      results,
      ...(isLeaving === true ? { isLeaving } : {}),
    }
    const statement = JSON.stringify(said)
    const signature = toBase64Url(identity.sign([checkInLabel, device, String(sequence), statement].join('\n')))
    const answer = await this.#post('/api/check-in', { device, sequence, statement, signature })
    if (answer.status !== 200) throw refusal(answer)
    const { commands, nextMs } = answer.body
    return {
      orders: Array.isArray(commands) ? (commands as unknown[]).flatMap((one) => orderOf(one) ?? []) : [],
      intervalMs: typeof nextMs === 'number' ? nextMs : undefined,
      consoleTime: answer.date,
    }
  }

  async #post(path: string, content: unknown): Promise<Answer> {
    const { clock, ca } = this.#options
    const body = Buffer.from(JSON.stringify(content), 'utf8')
    const abort = new AbortController()
    const timer = clock.after(timeoutMs, () => abort.abort())
    const isPlain = this.#url.protocol === 'http:'
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = (isPlain ? requestHttp : requestHttps)({
          method: 'POST',
          host: this.#url.hostname.replace(/^\[(.*)\]$/, '$1'),
          port: this.#url.port === '' ? (isPlain ? 80 : 443) : Number(this.#url.port),
          path,
          headers: {
            'content-type': 'application/json',
            'content-length': String(body.length),
            accept: 'application/json',
          },
          signal: abort.signal,
          ...(ca === undefined || isPlain ? {} : { ca }),
          ...(isPlain ? {} : { minVersion: 'TLSv1.2' as const }),
        })
        sent.once('response', resolve)
        sent.once('error', reject)
        sent.end(body)
      })
      return await read(response)
    } catch (error) {
      throw nameError(error, this.#url.host)
    } finally {
      timer.cancel()
    }
  }
}

/** @throws HUB_BAD_CONSOLE. */
export function consoleUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isGood = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopbackNames.has(url.hostname))
  if (url === undefined || !isGood || url.username !== '')
    throw hubFailure('BAD_CONSOLE', { details: { console: text.slice(0, 200) } })
  return url
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > mostBytes) throw hubFailure('CONSOLE_ANSWER', { details: { mostBytes } })
    chunks.push(chunk)
  }
  const date = Date.parse(response.headers.date ?? '')
  return {
    status: response.statusCode ?? 0,
    body: members(Buffer.concat(chunks).toString('utf8')),
    date: Number.isNaN(date) ? undefined : new Date(date),
  }
}

function members(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

function orderOf(value: unknown): Order | undefined {
  const { id, kind, text } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >
  if (typeof id !== 'string' || typeof kind !== 'string' || id.length > 64) return undefined
  const { title, body } = (typeof text === 'object' && text !== null ? text : {}) as Readonly<Record<string, unknown>>
  if (typeof title !== 'string' || typeof body !== 'string') return { id, kind }
  return { id, kind, text: { title: title.slice(0, 1000), body: body.slice(0, 4000) } }
}

const enrollmentRefusals: Readonly<Record<string, Parameters<typeof hubFailure>[0]>> = {
  DEVICE_CODE_REFUSED: 'CODE_REFUSED',
  DEVICE_LOGIN_NEEDED: 'LOGIN_REFUSED',
  CONSOLE_COULD_NOT_VERIFY: 'LOGIN_UNVERIFIED',
  CONSOLE_TOO_MANY_ATTEMPTS: 'TOO_MANY_ATTEMPTS',
}

/** Somebody sits at the machine and waits: what he can do differs. */
function enrollmentRefusal(answer: Answer): Failure {
  const { code } = answer.body
  const key = typeof code === 'string' ? enrollmentRefusals[code] : undefined
  return key === undefined ? refusal(answer) : hubFailure(key, { details: wordsOf(answer) })
}

/** What the console says goes along: it knows best. */
function refusal(answer: Answer): Failure {
  const details = wordsOf(answer)
  const { code } = answer.body
  if (code === 'DEVICE_CREDENTIAL_REFUSED') return hubFailure('CREDENTIAL_REFUSED')
  if (code === 'DEVICE_REPLAYED') {
    const { sequence } = (answer.body['details'] ?? {}) as { readonly sequence?: unknown }
    return hubFailure('SEQUENCE_USED', { details: { sequence: typeof sequence === 'number' ? sequence : 0 } })
  }
  if (answer.status === 429 || answer.status === 503) return hubFailure('CONSOLE_BUSY', { details })
  return hubFailure('CONSOLE_ANSWER', { details })
}

function wordsOf({ status, body }: Answer): Readonly<Record<string, string | number>> {
  const { code, says } = body
  return {
    status,
    ...(typeof code === 'string' ? { code: code.slice(0, 80) } : {}),
    ...(typeof says === 'string' ? { console: says.slice(0, 300) } : {}),
  }
}

const untrusted = /^(?:CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_)/

function nameError(error: unknown, target: string): Failure {
  if (error instanceof Failure) return error
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  const key = untrusted.test(code) ? 'CONSOLE_UNTRUSTED' : 'CONSOLE_UNREACHABLE'
  return hubFailure(key, { cause: error, details: { console: target, because: code } })
}
