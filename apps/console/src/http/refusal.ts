/**
 * Refusals: how a failure is told to whoever asked, the same for every address.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { consoleFailure } from '../failures.ts'
import { asFailure, problemOf } from './problem.ts'
import { securityHeaders } from './security-headers.ts'

export function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error, request.id)
  void reply.headers(securityHeaders)
  // Bearer only: a browser that is asked for Basic would keep the password and send it along for other pages.
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="sallygate"')
  const retryAfterMs = problem.details['retryAfterMs']
  if (typeof retryAfterMs === 'number') void reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
  void reply.header('content-type', 'application/problem+json; charset=utf-8')
  return reply.code(problem.status).serializer(JSON.stringify).send(problem)
}

/** Zod's errors come wrapped by the type provider. */
export function asRequestFailure(error: unknown): ReturnType<typeof asFailure> {
  const { validation, cause } = error as { validation?: unknown; cause?: unknown }
  if (validation === undefined) return asFailure(error)
  const issue = (Array.isArray(validation) ? (validation as unknown[])[0] : undefined) as
    | { instancePath?: string; message?: string }
    | undefined
  if (cause !== undefined && (cause as Error).name === 'ZodError') return asFailure(cause)
  return consoleFailure('INVALID_REQUEST', {
    cause: error,
    details: {
      field: issue?.instancePath?.slice(1).replaceAll('/', '.').slice(0, 200) || '(all)',
      expected: (issue?.message ?? 'another form').slice(0, 200),
    },
  })
}
