/**
 * Bugs, made presentable: an error that is no failure becomes BASE_INTERNAL, its cause kept for the log.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { baseFailure } from '@sallygate/base/failures'

export function failureFrom(error: unknown): Failure {
  return error instanceof Failure ? error : baseFailure('INTERNAL', { cause: error })
}
