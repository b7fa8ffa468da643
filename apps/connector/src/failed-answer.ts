/**
 * Failures as they travel, and with which outcome.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'
import { encodeFailed, type Trace } from '@sallygate/service-kit'

/** Something may have been done by an earlier request with this key; `failed` keeps the console from trying elsewhere. */
export const openEnded = new Set(['CONNECTOR_IN_PROGRESS', 'CONNECTOR_OUTCOME_UNKNOWN'])

/** A failure as it travels: its words, never its cause, and nothing longer than the console takes. */
export function failed(failure: Failure, trace?: Trace): Buffer {
  const { details, ...report } = failure.toJSON()
  const cut = Object.entries(details).map(([name, value]) => [
    name.slice(0, 60),
    typeof value === 'string' ? value.slice(0, 1000) : value,
  ])
  return encodeFailed({ failure: { ...report, details: Object.fromEntries(cut) }, spans: trace?.spans ?? [] })
}
