/**
 * Problems: every answer that is not what was asked for (RFC 9457).
 *
 * A failure says what its row says. Anything else is a bug: the client gets a trace
 * id and no word of it, the log gets all of it.
 *
 * @module
 */
import { Failure, type FailureDetails } from '@sallygate/base/failure'
import { ZodError } from 'zod'
import { consoleFailure } from '../failures.ts'
import { extensionOf } from './extension.ts'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly says: string
  readonly fix: string
  readonly retry: string
  readonly details: FailureDetails
  readonly traceId: string
}

export function problemOf(error: unknown, traceId: string): Problem {
  const failure = asFailure(error)
  return {
    type: `/docs/errors.md#${failure.code.toLowerCase()}`,
    title: failure.says,
    status: failure.status,
    code: failure.code,
    says: failure.says,
    fix: failure.fix,
    retry: failure.retry,
    details: failure.details,
    traceId,
    ...extensionOf(failure),
  }
}

/** The failure a client hears of. What has no row becomes CONSOLE_INTERNAL. */
export function asFailure(error: unknown): Failure {
  // Whatever was not found, and wherever: one answer, so that nothing can be told from another.
  if (error instanceof Failure)
    return error.status === 404 && error.code.endsWith('_NOT_FOUND') ? consoleFailure('NOT_FOUND') : error
  if (error instanceof ZodError) return invalid(error)
  // Fastify's own, all of them about a request it could not read.
  const code = (error as { code?: unknown }).code
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return consoleFailure('TOO_LARGE', { cause: error })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return consoleFailure('UNSUPPORTED_MEDIA', { cause: error })
  if (typeof code === 'string' && code.startsWith('FST_ERR_CTP_')) {
    return consoleFailure('INVALID_REQUEST', { cause: error, details: { expected: 'a JSON body' } })
  }
  return consoleFailure('INTERNAL', { cause: error })
}

/** Names the first field that is wrong and what it should be; never what was sent. */
function invalid(error: ZodError): Failure {
  const issue = error.issues[0]
  const field = issue?.path.map(String).join('.').slice(0, 200) ?? ''
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ').slice(0, 200) : undefined
  return consoleFailure('INVALID_REQUEST', {
    cause: error,
    details: {
      field: field === '' ? '(body)' : field,
      expected: unknown === undefined ? (issue?.message ?? 'something else').slice(0, 200) : 'no unknown members',
      ...(unknown === undefined ? {} : { unknown }),
    },
  })
}
