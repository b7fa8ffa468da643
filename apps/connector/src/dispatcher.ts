/**
 * The dispatcher: what becomes of one request that the gate has admitted.
 *
 * A permit, then the journal; only then is anything done. What is refused before that is answered `notStarted`, so that the
 * console may ask another connector. Nothing an operation does ends the process.
 *
 * @module
 */
import type { Timer } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { MAX_REPLY, type OpenedRequest, type ReplyParts, type ReplyWriter } from '@sallygate/envelope'
import { encodeDone, serviceFailure, startTrace, type OperationContext, type Trace } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'
import { failed, openEnded } from './failed-answer.ts'
import { Permits, type Permit, type PermitsOptions } from './permits.ts'
import type { Limits } from './policy.ts'
import { objectOf, type Ending, type Repetition } from './repetition.ts'

export interface DispatcherOptions extends PermitsOptions {
  readonly repetition: Repetition
  readonly log: Log
}

/** Sends the reply's cargos, in order; what is large as the line has room for it. */
export type SendReply = (answer: readonly Buffer[] | ReplyParts) => void

/** What is no larger goes at once: on the slowest line it is gone in half a second. */
const smallReply = 15 * 1024

/** A quick answer says more than that there will be one; after this long the console wants to know that it began. */
const acceptedAfterMs = 1000

export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #permits: Permits
  readonly #refusals = new Map<string, number>()

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#permits = new Permits(options)
  }

  /** How often each reason kept a request from being begun. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals
  }

  /** Takes no new work from now on. */
  drain(): void {
    this.#permits.drain()
  }

  /** Carries out one admitted request and answers it. Never rejects. */
  async serve(opened: OpenedRequest, budgetMs: number, writer: ReplyWriter, send: SendReply): Promise<void> {
    const { clock, log, repetition } = this.#options
    const { request } = opened
    const trace = startTrace(clock)
    const untilMs = clock.monotonicMs() + budgetMs
    let hasBegun = false
    let permit: Permit | undefined
    let late: Timer | undefined
    try {
      const permitted = this.#permits.give(opened, untilMs)
      permit = permitted
      const { payload, position, outcome } = await repetition.once(request, objectOf(request, permitted.params), {
        requireTime: () => this.#permits.requireTime(permitted.row, untilMs),
        begun: (at) => {
          hasBegun = true
          if (at !== undefined) send([writer.accepted(at)])
          else late = clock.after(acceptedAfterMs, () => send([writer.accepted()]), { background: true })
        },
        run: () => this.#run(opened, permitted, untilMs, trace),
      })
      late?.cancel()
      const isSmall = payload.length <= smallReply
      send(
        isSmall ? await writer.finishInBatch(outcome, payload, position) : writer.inParts(outcome, payload, position),
      )
    } catch (error) {
      late?.cancel()
      const failure = this.#presentable(error, request.operation)
      if (!hasBegun) this.#countRefusal(failure.code)
      log.info('request not carried out', {
        operation: request.operation,
        request: request.requestId,
        code: failure.code,
      })
      const ended = hasBegun || openEnded.has(failure.code) ? 'failed' : 'notStarted'
      send(await writer.finishInBatch(ended, failed(failure, trace)))
    } finally {
      if (!hasBegun) permit?.release()
    }
  }

  #countRefusal(code: string): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1)
  }

  /**
   * Runs the operation until its deadline. The place is given back when it has really
   * ended: an operation that ignores its signal goes on using up what it uses.
   */
  async #run({ request }: OpenedRequest, permit: Permit, untilMs: number, trace: Trace): Promise<Ending> {
    const { clock, log } = this.#options
    const ending = new AbortController()
    const { promise: deadline, reject } = Promise.withResolvers<never>()
    deadline.catch(() => undefined)
    const timer = clock.after(Math.max(0, untilMs - clock.monotonicMs()), () => {
      const failure = serviceFailure('DEADLINE')
      ending.abort(failure)
      reject(failure)
    })
    const context = this.#context(request, permit.limits, untilMs, ending.signal, trace)
    const running = startSafely(() => this.#carryOut(permit, context)).finally(permit.release)
    running.catch(() => undefined)
    try {
      // For what must not run twice the true end counts, also when it is late.
      const result = await (permit.row.class === 'N' || permit.row.class === 'S'
        ? running
        : Promise.race([running, deadline]))
      const payload = encodeDone({ result, spans: trace.spans })
      if (payload.length <= MAX_REPLY) return { outcome: 'done', payload }
      throw connectorFailure('RESULT_TOO_LARGE', { details: { bytes: payload.length, limit: MAX_REPLY } })
    } catch (error) {
      const failure = this.#presentable(error, request.operation)
      log.info('operation failed', { operation: request.operation, request: request.requestId, code: failure.code })
      return { outcome: 'failed', payload: failed(failure, trace) }
    } finally {
      timer.cancel()
    }
  }

  #carryOut({ row, life, params }: Permit, context: OperationContext): Promise<unknown> {
    if (row.of === undefined) return life.run(row.key, params, context)
    const { of } = row
    const { key, parameters } = params as { readonly key: string; readonly parameters: unknown }
    return this.#options.repetition.outcomeOf(key, parameters, () =>
      life.reconcile(of, { key, params: parameters }, context),
    )
  }

  #context(
    request: OpenedRequest['request'],
    limits: Limits,
    untilMs: number,
    signal: AbortSignal,
    trace: Trace,
  ): OperationContext {
    const { actingGroup, component, requestId, idempotencyKey, generation } = request
    return {
      remainingMs: () => Math.max(0, untilMs - this.#options.clock.monotonicMs()),
      signal,
      actingGroup,
      component,
      requestId,
      limits,
      trace,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(generation === undefined ? {} : { generation }),
    }
  }

  /** A bug becomes a failure with a code; what it was stays in the log. */
  #presentable(error: unknown, operation: string): Failure {
    if (error instanceof Failure) return error
    this.#options.log.error('operation crashed', { operation, error })
    return connectorFailure('OPERATION_CRASHED', { cause: error })
  }
}

/** What throws before it returns a promise has failed like one. */
async function startSafely<T>(run: () => Promise<T>): Promise<T> {
  return await run()
}
