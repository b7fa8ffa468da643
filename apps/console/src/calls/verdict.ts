/**
 * What a caller is told when no attempt came to an end.
 *
 * @module
 */
import { failureFromReport, type Failure } from '@sallygate/base/failure'
import type { OperationClass } from '@sallygate/service-kit'
import { consoleFailure } from '../failures.ts'
import type { Attempt } from './carrier.ts'
import { classRules } from './class-rule.ts'

/** For class B and N silence is never a refusal. */
export function failureOf(
  operationClass: OperationClass,
  attempt: Exclude<Attempt, { readonly kind: 'done' | 'failed' }>,
): Failure {
  if (attempt.kind === 'notStarted') return failureFromReport(attempt.failure)
  if (attempt.kind === 'notSent') {
    if (attempt.because === 'busy') return consoleFailure('CONNECTOR_BUSY')
    return consoleFailure(attempt.because === 'gone' ? 'NO_CONNECTOR_ATTACHED' : 'RELAY_AWAY')
  }
  const details = { because: attempt.because }
  if (!classRules[operationClass].mayRepeat) return consoleFailure('UNKNOWN_OUTCOME', { details })
  if (attempt.kind === 'silent') return consoleFailure('CONNECTOR_SILENT', { details })
  if (attempt.because === 'tooLarge') return consoleFailure('TOO_LARGE', { details })
  return consoleFailure(attempt.because === 'noSuchPeer' ? 'NO_CONNECTOR_ATTACHED' : 'CONNECTOR_BUSY', { details })
}
