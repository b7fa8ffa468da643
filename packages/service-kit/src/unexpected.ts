/**
 * Bugs, made presentable: an error that is no failure becomes BASE_INTERNAL, its cause kept for the log.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'

const internal = {
  says: 'Something in Sallygate is wrong.',
  fix: 'Look in the log for this code and its cause, and report it with the lines around it.',
  retry: 'never',
} as const

export function baseFailureFrom(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('BASE_INTERNAL', internal, { cause: error })
}
