/**
 * The door: from a request to an answer, in the order in which things may be believed.
 *
 * Health is anybody's. Everything else, also what does not exist, asks who is there
 * first; then what is asked; then how much this client has been asking for nothing.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { consoleMarksHeader, writeConsoleMarks } from '@sallygate/domain'
import type { Authenticator, Verdict } from '../accounts/authenticator.ts'
import { plainAddress } from '../accounts/sources.ts'
import type { Activity } from '../activity/activity.ts'
import type { Answer, Asking, Body } from '../answers/answer.ts'
import { modelFailure } from '../read-model/failures.ts'
import { hasBody, readBody } from './body.ts'
import { ClientCertificates } from './client-certificate.ts'
import type { Load } from './load.ts'
import { Questions, type QuestionsParts } from './questions.ts'
import { plain, refusal, withRetry } from './refusals.ts'

export interface DoorParts extends QuestionsParts {
  readonly authenticator: Authenticator
  readonly activity: Activity
  readonly load: Load
  /** Whoever shows it may read the metrics; absent, they are closed. */
  readonly metricsToken: string | undefined
  /** Of the console that feeds this nac; absent where none does. */
  readonly consoleMark: string | undefined
  readonly health: () => Readonly<Record<string, unknown>>
}

const noBody: Body = { bytes: Buffer.alloc(0), type: '' }

export class Door {
  readonly #parts: DoorParts
  readonly #questions: Questions
  readonly #certificates: ClientCertificates

  constructor(parts: DoorParts) {
    this.#parts = parts
    this.#certificates = new ClientCertificates(parts)
    this.#questions = new Questions(parts)
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const startedMs = this.#parts.clock.monotonicMs()
    const source = plainAddress(request.socket.remoteAddress)
    if (request.url === '/health' && request.method === 'GET') return this.#health(request, response)
    if (request.url === '/metrics' && request.method === 'GET') return void this.#metrics(request, response)
    if (this.#parts.load.isOverloaded) {
      this.#parts.metrics.refusals.inc({ why: 'overload' })
      return this.#send(request, response, withRetry(refusal(request, 503, 'OVERLOADED', 'nac is overloaded.'), 1000))
    }
    // Whoever asks cannot be known either, and a 401 would send an administrator after his passwords.
    if (this.#parts.model().cursor === undefined) {
      const { code, says, status } = modelFailure('NOTHING_KNOWN')
      return this.#send(request, response, withRetry(refusal(request, status, code, says), 5000))
    }
    const verdict = this.#parts.authenticator.verify({
      authorization: request.headers.authorization,
      source,
      certificate: this.#certificates.thumbprintOf(request.socket),
    })
    // Whoever is known waits for nothing, not even for a turn of the event loop.
    if ('kind' in verdict && verdict.kind === 'known' && !hasBody(request))
      return this.#answer(request, response, { account: verdict.account, source }, noBody, startedMs)
    this.#slowly(request, response, source, verdict, startedMs).catch((cause: unknown) => {
      this.#parts.log.error('a request failed', { error: cause })
      response.destroy()
    })
  }

  async #slowly(
    request: IncomingMessage,
    response: ServerResponse,
    source: string,
    pending: Verdict | Promise<Verdict>,
    startedMs: number,
  ): Promise<void> {
    const verdict = await pending
    if (verdict.kind !== 'known') return this.#refuse(request, response, source, verdict)
    if (!hasBody(request)) {
      this.#answer(request, response, { account: verdict.account, source }, noBody, startedMs)
      return
    }
    const bytes = await readBody(request)
    if (bytes === undefined) {
      this.#parts.metrics.refusals.inc({ why: 'tooLarge' })
      this.#send(
        request,
        response,
        refusal(request, 400, 'TOO_LARGE', 'The body is larger than anything this asks for.'),
      )
      return
    }
    const body = { bytes, type: request.headers['content-type'] ?? '' }
    this.#answer(request, response, { account: verdict.account, source }, body, startedMs)
  }

  #refuse(request: IncomingMessage, response: ServerResponse, source: string, verdict: Verdict): void {
    const { metrics, alarms } = this.#parts
    metrics.refusals.inc({ why: verdict.kind })
    if (verdict.kind === 'cannotSay')
      return this.#send(
        request,
        response,
        withRetry(
          refusal(
            request,
            503,
            'CANNOT_VERIFY',
            'The directory cannot be asked, so the password could not be checked.',
          ),
          5000,
        ),
      )
    if (verdict.kind === 'throttled') {
      alarms.raise('guessing', '', source)
      const answer = refusal(request, 429, 'TOO_MANY_ATTEMPTS', 'Too many wrong passwords from this address.')
      return this.#send(request, response, withRetry(answer, verdict.retryAfterMs))
    }
    const answer = refusal(request, 401, 'UNAUTHENTICATED', 'User and password are needed.')
    // Preemptive or not, both kinds of client find their way (contract 5).
    const headers = { 'www-authenticate': 'Basic realm="Sallygate", charset="UTF-8"' }
    this.#send(request, response, { ...answer, headers })
  }

  #answer(request: IncomingMessage, response: ServerResponse, asking: Asking, body: Body, startedMs: number): void {
    const { clock, activity, metrics } = this.#parts
    const answer = this.#marked(this.#questions.answer(request, asking, body))
    this.#send(request, response, answer)
    const ms = clock.monotonicMs() - startedMs
    const { kind, outcome } = answer
    const failed = outcome === 'error' ? { error: `status ${answer.status}` } : {}
    activity.add(asking.account.id, asking.source, { kind, outcome, ms, ...failed })
    metrics.requests.inc({ kind, outcome })
    metrics.seconds.observe({ kind }, ms / 1000)
  }

  /** Whoever asks for everything may be a console, and this may be its own voice that comes back. */
  #marked(answer: Answer): Answer {
    const { consoleMark, model } = this.#parts
    if (consoleMark === undefined || (answer.kind !== 'info' && answer.kind !== 'poll')) return answer
    const marks = writeConsoleMarks([consoleMark, ...(model().facts.readsFrom ?? [])])
    return { ...answer, headers: { ...answer.headers, [consoleMarksHeader]: marks } }
  }

  #health(request: IncomingMessage, response: ServerResponse): void {
    const health = this.#parts.health()
    this.#send(request, response, plain(health['status'] === 'failed' ? 503 : 200, JSON.stringify(health)))
  }

  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metricsToken, metrics } = this.#parts
    const [, shown = ''] = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '') ?? []
    if (metricsToken === undefined || !isSame(shown, metricsToken)) {
      const headers = { 'www-authenticate': 'Bearer realm="Sallygate metrics"' }
      return this.#send(request, response, { ...plain(401, '{"code":"UNAUTHENTICATED"}'), headers })
    }
    this.#send(request, response, { ...plain(200, await metrics.text()), type: metrics.contentType })
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    // A body that nobody read is still on its way: the connection ends with the answer.
    const leaves = hasBody(request) && !request.complete
    const asOfMs = this.#parts.model().cursor?.asOfMs
    response.writeHead(answer.status, {
      'content-type': answer.type,
      'content-length': Buffer.byteLength(answer.body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(asOfMs === undefined
        ? {}
        : { 'x-sallygate-age': Math.max(0, Math.round((this.#parts.clock.now().getTime() - asOfMs) / 1000)) }),
      ...(leaves ? { connection: 'close' } : {}),
      ...answer.headers,
    })
    response.end(answer.body)
    if (leaves) response.once('finish', () => request.destroy())
  }
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
