/**
 * The life of one service in a connector: off, starting, running, failed and tried again.
 *
 * A service that cannot start takes nothing else down with it: it says why and what
 * to do, and is tried again by itself. New settings replace the running service only
 * once the new one has started or failed on them.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { sleep } from '@sallygate/base/clock'
import {
  draftIn,
  parseParams,
  parseResult,
  parseSettings,
  type Contract,
  type Operation,
  type SettingsOf,
} from './contract.ts'
import type { OperationContext, ServiceHost } from './context.ts'
import type { CheckRow } from './check.ts'
import { serviceFailure } from './failures.ts'
import type { Health, RunningService, Service } from './service.ts'
import { notRepeatable, type Intent, type Reconciled } from './reconcile.ts'
import { failureFrom } from './unexpected.ts'

/** Where a service stands, as shown in status files, hellos and the console. */
export type ServiceState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | Health
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string; readonly fix: string }

interface Running {
  readonly service: RunningService<Contract>
  readonly ending: AbortController
}

function handlerOf(service: Running['service'], key: string): Handler {
  return (service.operations as unknown as Readonly<Record<string, Handler>>)[key] as Handler
}

type Handler = (params: unknown, context: OperationContext) => Promise<unknown>
type Reconciler = (intent: Intent, context: OperationContext) => Promise<Reconciled>

/** First wait and longest wait between two attempts to start. */
const firstRetryMs = 1000
const longestRetryMs = 60_000

export class ServiceLife {
  readonly contract: Contract
  readonly #service: Service<Contract>
  readonly #host: Omit<ServiceHost, 'signal'>
  #running: Running | undefined
  #failure: Failure | undefined
  #starting = false
  #attempt: AbortController | undefined

  /** `host` without its signal: each start gets one of its own. */
  constructor(service: AnyService, host: Omit<ServiceHost, 'signal'>) {
    this.#service = service as unknown as Service<Contract>
    this.contract = this.#service.contract
    this.#host = host
  }

  state(): ServiceState {
    if (this.#running !== undefined) return this.#running.service.health()
    if (this.#failure !== undefined) {
      return { kind: 'failed', code: this.#failure.code, reason: reasonOf(this.#failure), fix: this.#failure.fix }
    }
    return this.#starting ? { kind: 'starting' } : { kind: 'off' }
  }

  /** Applies settings; `null` turns the service off. Returns after the first attempt; later ones run by themselves. */
  async configure(settings: unknown): Promise<ServiceState> {
    this.#attempt?.abort()
    const attempt = new AbortController()
    this.#attempt = attempt
    if (settings === null) {
      await this.#replace(undefined, undefined)
      return this.state()
    }
    const done = await this.#tryStart(settings, attempt)
    if (done === 'retry') void this.#retry(settings, attempt)
    return this.state()
  }

  /** @throws SERVICE_NOT_ENABLED, SERVICE_NOT_STARTED, SERVICE_PARAMETERS_INVALID, and what the operation throws. */
  async run(key: string, params: unknown, context: OperationContext): Promise<unknown> {
    const operation = this.contract.operations[key]
    if (operation === undefined) {
      throw serviceFailure('UNKNOWN_OPERATION', { details: { operation: `${this.contract.name}.${key}`.slice(0, 64) } })
    }
    if (this.#running === undefined && draftIn(operation, params) !== undefined) {
      return this.#runOnDraft(key, operation, params, context)
    }
    const { service, ending } = this.#needRunning()
    const within = { ...context, signal: AbortSignal.any([context.signal, ending.signal]) }
    return parseResult(operation, await handlerOf(service, key)(parseParams(operation, params), within))
  }

  /** The service is off, and somebody who sets it up asks: it lives for this one question. */
  async #runOnDraft(key: string, operation: Operation, params: unknown, context: OperationContext): Promise<unknown> {
    const read = parseParams(operation, params)
    const settings = operation.draft?.settle(draftIn(operation, read)) as SettingsOf<Contract>
    const ending = new AbortController()
    const service = await this.#service.start(settings, { ...this.#host, signal: ending.signal })
    try {
      const within = { ...context, signal: AbortSignal.any([context.signal, ending.signal]) }
      return parseResult(operation, await handlerOf(service, key)(read, within))
    } finally {
      ending.abort(serviceFailure('STOPPED'))
      await service.stop()
    }
  }

  /** Asks the agent what became of an intent of class N. @throws as `run`. */
  async reconcile(key: string, intent: Intent, context: OperationContext): Promise<Reconciled> {
    const { service, ending } = this.#needRunning()
    const ask = (service.reconcile as Readonly<Record<string, Reconciler>> | undefined)?.[key]
    const operation = this.contract.operations[key]
    if (ask === undefined || operation === undefined) {
      throw serviceFailure('UNKNOWN_OPERATION', { details: { operation: `${this.contract.name}.${key}`.slice(0, 64) } })
    }
    const within = { ...context, signal: AbortSignal.any([context.signal, ending.signal]) }
    const said = await ask({ ...intent, params: parseParams(operation, intent.params) }, within)
    return said.state === 'done' ? { state: 'done', result: parseResult(operation, said.result) } : said
  }

  #needRunning(): Running {
    if (this.#running !== undefined) return this.#running
    const service = this.contract.name
    if (this.#failure === undefined) throw serviceFailure('NOT_ENABLED', { details: { service } })
    throw serviceFailure('NOT_STARTED', {
      cause: this.#failure,
      details: { service, because: this.#failure.code, reason: reasonOf(this.#failure) },
    })
  }

  /** The rows of the service's own `check` operation, or the one row that says why there are none. */
  async check(context: OperationContext): Promise<readonly CheckRow[]> {
    const state = this.state()
    const row = (result: CheckRow['result'], says: string, fix: string): CheckRow[] => [
      { target: this.contract.title, result, says, fix, durationMs: 0 },
    ]
    if (state.kind === 'off') return row('skipped', 'This service is not enabled.', '')
    if (state.kind === 'starting') return row('warning', 'This service is starting.', 'Check again in a moment.')
    if (state.kind === 'failed') return row('failed', state.reason, state.fix)
    const result = (await this.run('check', {}, context)) as { readonly rows: readonly CheckRow[] }
    return result.rows
  }

  async stop(): Promise<void> {
    await this.configure(null)
  }

  async #tryStart(settings: unknown, attempt: AbortController): Promise<'done' | 'retry'> {
    this.#starting = true
    const ending = new AbortController()
    try {
      const parsed = parseSettings(this.contract, settings)
      const service = await this.#service.start(parsed, { ...this.#host, signal: ending.signal })
      const unasked = notRepeatable(this.contract).find((key) => !(key in (service.reconcile ?? {})))
      if (unasked !== undefined) {
        await service.stop()
        throw new Error(`${this.contract.name} cannot say what became of ${unasked}`)
      }
      if (attempt.signal.aborted) {
        await service.stop()
        return 'done'
      }
      await this.#replace({ service, ending }, undefined)
      return 'done'
    } catch (error) {
      ending.abort(serviceFailure('STOPPED'))
      if (attempt.signal.aborted) return 'done'
      const failure = failureFrom(error)
      this.#host.log.error('service cannot start', { service: this.contract.name, error })
      await this.#replace(undefined, failure)
      // Settings that no schema accepts stay so until somebody changes them.
      return failure.code === 'SERVICE_SETTINGS_INVALID' ? 'done' : 'retry'
    } finally {
      if (this.#attempt === attempt) this.#starting = false
    }
  }

  async #retry(settings: unknown, attempt: AbortController): Promise<void> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
      try {
        await sleep(this.#host.clock, waitMs, attempt.signal)
      } catch {
        return
      }
      if ((await this.#tryStart(settings, attempt)) === 'done') return
    }
  }

  async #replace(next: Running | undefined, failure: Failure | undefined): Promise<void> {
    const previous = this.#running
    this.#running = next
    this.#failure = failure
    if (previous === undefined) return
    previous.ending.abort(serviceFailure('STOPPED'))
    try {
      await previous.service.stop()
    } catch (error) {
      this.#host.log.error('service did not stop cleanly', { service: this.contract.name, error })
    }
  }
}

function reasonOf(failure: Failure): string {
  const details = Object.entries(failure.details).map(([name, value]) => `${name}: ${value}`)
  return details.length === 0 ? failure.says : `${failure.says} (${details.join(', ')})`
}

// As with contracts: services of several types have no common one that the compiler could check.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyService = Service<any>
