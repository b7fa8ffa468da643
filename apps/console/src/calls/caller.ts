/**
 * The caller: `call(group, operation, parameters)`, the one way anything in the console uses a service.
 *
 * Parameters are read by the operation's schema before they leave, the result by its
 * schema before anybody sees it: the other end is not believed either.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { definedFailures, Failure, failureFromReport, type FailureReport } from '@sallygate/base/failure'
import { encodeJson } from '@sallygate/base/json'
import type { Component } from '@sallygate/envelope'
import {
  decodeDone,
  draftIn,
  laneOf,
  parseParams,
  parseResult,
  serviceFailure,
  undecided,
  type OperationTable,
  type Span,
  type TableRow,
} from '@sallygate/service-kit'
import { consoleFailure } from '../failures.ts'
import { extend } from '../http/extension.ts'
import { callTrace } from './call-trace.ts'
import { classRules } from './class-rule.ts'
import type { Dispatcher } from './dispatcher.ts'

export interface CallOptions {
  readonly deadlineMs?: number | undefined
  readonly component?: Component | undefined
  /** Only this instance. */
  readonly instance?: string | undefined
  /** On whose behalf; the group itself unless given. */
  readonly actingGroup?: string | undefined
  readonly generation?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface CallResult {
  readonly result: unknown
  readonly connector: { readonly id: string; readonly name: string }
  readonly durationMs: number
  readonly attempts: number
  readonly spans: readonly Span[]
}

/** Longer work is a job with pages. */
export const longestDeadlineMs = 300_000

/** For what an outbox sends. A mail server may take ten minutes over the end of a message; a request lives no longer. */
const longestOutboxDeadlineMs = 580_000

export interface CallerParts {
  readonly table: OperationTable
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  /** Whether the group has this service on. */
  readonly isOn: (group: string, service: string) => Promise<boolean>
  /** Whose connectors carry it. @throws what forbids the call. */
  readonly servedBy: (
    group: string,
    service: string,
    component: Component,
  ) => Promise<{ readonly group: string; readonly isDirect: boolean }>
  /** `outcome`: `ok`, or the code of the failure. */
  readonly onEnded?: (operation: string, outcome: string, ms: number) => void
  /** What a connector answered, as it is about to be given. */
  readonly onAnswered?: (operation: string, answer: CallResult) => void
}

export class Caller {
  readonly #parts: CallerParts

  constructor(parts: CallerParts) {
    this.#parts = parts
  }

  /** @throws CONSOLE_OPERATION_UNKNOWN, CONSOLE_SERVICE_OFF, CLOUD_CONNECTOR_*, SERVICE_PARAMETERS_INVALID, what `Dispatcher.call` throws, and what the service reported. */
  async call(group: string, operation: string, parameters: unknown, options: CallOptions = {}): Promise<CallResult> {
    const { clock, onEnded, onAnswered } = this.#parts
    const row = this.#find(operation)
    const beganMs = clock.monotonicMs()
    let outcome = 'BASE_INTERNAL'
    try {
      const answer = await this.#call(group, row, parameters, options)
      outcome = 'ok'
      onAnswered?.(row.name, answer)
      return answer
    } catch (error) {
      if (error instanceof Failure) outcome = error.code
      throw error
    } finally {
      onEnded?.(row.name, outcome, clock.monotonicMs() - beganMs)
    }
  }

  async #call(group: string, row: TableRow, parameters: unknown, options: CallOptions): Promise<CallResult> {
    const { clock, dispatcher } = this.#parts
    const beganMs = clock.monotonicMs()
    const component = options.component ?? 'other'
    const served = await this.#served(group, row, component, parameters)
    const read = parseParams(row.operation, parameters)
    const { leastMs } = row.operation
    const dispatched = await dispatcher.call({
      errand: {
        group: served.group,
        actingGroup: options.actingGroup ?? group,
        component,
        operation: row.name,
        class: row.class,
        parameters: encodeJson(read),
        generation: options.generation,
      },
      deadlineMs: Math.max(leastMs, Math.min(options.deadlineMs ?? row.operation.deadlineMs, longestFor(row))),
      lane: laneOf(row.operation, read),
      leastMs,
      instance: options.instance,
      isDirect: served.isDirect,
      signal: options.signal,
    })
    const { attempt, instance, name, attempts } = dispatched
    const trace = (far: readonly Span[], outcome: Span['outcome']) =>
      callTrace({ beganMs, ...dispatched }, far, { connector: name, attempts, outcome })
    if (attempt.kind === 'failed') {
      throw extend(reported(attempt.failure, row), {
        spans: trace(attempt.spans, 'failed'),
        connector: { id: instance, name },
      })
    }
    const { result, spans: far } = decodeDone(attempt.payload)
    const spans = trace(far, 'ok')
    const durationMs = Math.round((clock.monotonicMs() - beganMs) * 10) / 10
    return {
      result: parseResult(row.operation, result),
      connector: { id: instance, name },
      durationMs,
      attempts,
      spans,
    }
  }

  /** Questions to a connector about itself go to those of the group that is named; nobody is served with them. */
  async #served(group: string, row: TableRow, component: Component, parameters: unknown) {
    const service = row.contract.name
    if (service === 'instance') return { group, isDirect: undefined }
    const { isOn, servedBy } = this.#parts
    // Who sets it up asks before it is on, with the settings in hand.
    const isDraft = draftIn(row.operation, parameters) !== undefined
    if (!isDraft && !(await isOn(group, service))) throw consoleFailure('SERVICE_OFF', { details: { service } })
    return servedBy(group, service, component)
  }

  #find(operation: string): TableRow {
    try {
      return this.#parts.table.find(operation)
    } catch (cause) {
      if (!serviceFailure.is(cause)) throw cause
      throw consoleFailure('OPERATION_UNKNOWN', { cause, details: { operation: operation.slice(0, 64) } })
    }
  }
}

function longestFor(row: TableRow): number {
  return row.class === 'O' ? longestOutboxDeadlineMs : longestDeadlineMs
}

function reported(report: FailureReport, row: TableRow): Failure {
  if (!classRules[row.class].mayRepeat && undecided.has(report.code)) {
    return consoleFailure('UNKNOWN_OUTCOME', { details: { because: report.code } })
  }
  const { code, says, fix, retry, details } = failureFromReport(report)
  return new Failure(code, { says, fix, retry, status: statusOf(code) ?? 502 }, { details })
}

/** The code comes from the other end; which HTTP status it has is for our own table to say. */
function statusOf(code: string): number | undefined {
  const table = definedFailures().find(({ prefix }) => code.startsWith(`${prefix}_`))
  return table?.rows[code.slice(table.prefix.length + 1)]?.status
}
