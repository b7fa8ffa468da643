/**
 * One call on its way: what was asked, what has been tried for it, and until when.
 *
 * Nothing here decides anything; whom to ask is the choice's, and whether again the dispatcher's.
 *
 * @module
 */
import type { Lane } from '@sallygate/service-kit'
import type { Errand } from './carrier.ts'
import type { ClassRule } from './class-rule.ts'

export interface DispatchRequest {
  readonly errand: Omit<Errand, 'idempotencyKey'>
  /** That of its class unless given. */
  readonly lane?: Lane | undefined
  readonly deadlineMs: number
  /** With less time than this an attempt is not begun. */
  readonly leastMs: number
  /** Only this instance. */
  readonly instance?: string | undefined
  /** Only those that stand beside the console, or only the others. */
  readonly isDirect?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Progress {
  readonly request: DispatchRequest
  readonly rule: ClassRule
  readonly lane: Lane
  readonly untilMs: number
  readonly tried: Set<string>
  idempotencyKey: string | undefined
  attempts: number
}

/** Whether an attempt may still be begun. */
export function hasTime({ untilMs, request }: Progress, nowMs: number): boolean {
  return request.signal?.aborted !== true && untilMs - nowMs >= request.leastMs
}

/** `directory` of `directory.search` */
export const serviceOf = (operation: string) => operation.slice(0, operation.indexOf('.'))

/** What a connector may refuse alike. */
export const kindOf = ({ request: { errand } }: Progress) =>
  `${errand.operation} ${errand.actingGroup} ${errand.component}`

/** What a connector does for somebody; all but what it is asked about itself. */
export const isWork = (operation: string) => !operation.startsWith('instance.')
