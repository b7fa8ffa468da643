/**
 * Questions: which of the APIs a known client speaks, and its answer.
 *
 * Whoever goes on asking for what is not there is slowed. A question that cannot be
 * answered gets an answer that says so.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { LogLimit } from '@sallygate/base/log-limit'
import type { Log } from '@sallygate/base/log'
import { readIseRequest } from '@sallygate/protocol-ise-mdm/server'
import { readUemRequest } from '@sallygate/protocol-workspace-one/server'
import { Buckets } from '../accounts/throttle.ts'
import type { Alarms } from '../activity/alarms.ts'
import type { Metrics } from '../activity/metrics.ts'
import type { Answer, Asking, Body } from '../answers/answer.ts'
import type { IseAnswers } from '../answers/ise.ts'
import { radiusAnswer, readRadius } from '../answers/radius.ts'
import type { UemAnswers } from '../answers/uem.ts'
import type { ReadModel } from '../read-model/read-model.ts'
import { refusal, withRetry } from './refusals.ts'

export interface QuestionsParts {
  readonly clock: Clock
  readonly log: Log
  readonly model: () => ReadModel
  readonly ise: IseAnswers
  readonly uem: UemAnswers
  readonly alarms: Alarms
  readonly metrics: Metrics
}

/** What a client's words lead to. */
type Route = (asking: Asking, body: Body) => Answer

export class Questions {
  readonly #parts: QuestionsParts
  readonly #misses: Buckets
  readonly #said: LogLimit

  constructor(parts: QuestionsParts) {
    this.#parts = parts
    this.#misses = new Buckets(parts.clock)
    this.#said = new LogLimit(parts.clock)
  }

  answer(request: IncomingMessage, asking: Asking, body: Body): Answer {
    try {
      const route = this.#route(request)
      if (route === undefined) return refusal(request, 404, 'NOT_FOUND', 'There is nothing here.')
      return this.#counted(request, asking, () => route(asking, body))
    } catch (cause) {
      const failure = cause instanceof Failure ? cause : undefined
      if (this.#said.admit(failure?.code ?? 'bug') !== undefined)
        this.#parts.log.error('a request could not be answered', { error: cause })
      const status = failure === undefined || failure.status < 500 ? 500 : failure.status
      const code = failure?.code ?? 'INTERNAL'
      return withRetry(refusal(request, status, code, failure?.says ?? 'Something in nac is wrong.'), 5000)
    }
  }

  /** Who goes on asking for what is not there is making a list: he is slowed, and somebody is told (T72). */
  #counted(request: IncomingMessage, { account, source }: Asking, work: () => Answer): Answer {
    const key = `${account.id} ${source}`
    const perMinute = this.#parts.model().facts.missesPerMinute
    if (!this.#misses.hasLeft(key, perMinute)) {
      this.#parts.metrics.refusals.inc({ why: 'enumeration' })
      this.#parts.alarms.raise('enumeration', account.id, source)
      const answer = refusal(request, 429, 'TOO_MANY_MISSES', 'Too many questions about devices that are not here.')
      return withRetry(answer, this.#misses.waitMs(key, perMinute))
    }
    const answer = work()
    if (answer.outcome === 'notFound' || answer.outcome === 'malformed') this.#misses.take(key, perMinute)
    return answer
  }

  /** @returns `undefined` where nothing is. */
  #route(request: IncomingMessage): Route | undefined {
    const { ise, uem, model } = this.#parts
    const { method = '', url = '' } = request
    const parameters = readRadius(url)
    if (parameters !== undefined)
      return method === 'GET' ? (asking) => radiusAnswer(model(), asking, parameters) : undefined
    const asked = readIseRequest(method, url)
    if (asked !== undefined) return (asking, body) => ise.answer(asked, asking, body)
    const uemAsked = readUemRequest(method, url)
    if (uemAsked === undefined) return undefined
    if (uemAsked.kind !== 'help' && (request.headers['aw-tenant-code'] ?? '') === '')
      return () => refusal(request, 401, 'NO_TENANT_CODE', 'The header aw-tenant-code is missing.')
    return (asking, body) => uem.answer(uemAsked, asking, body)
  }
}
