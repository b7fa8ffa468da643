/**
 * The guard: what has to be so before anything of a request but its headers has been read.
 *
 * The address is canonical, the host is ours, the caller is proven and may do what the
 * row is for. Who is not proven learns nothing about which addresses exist.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import { systemClock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { LogLimit } from '@sallygate/base/log-limit'
import { consoleFailure } from '../failures.ts'
import { isPage } from '../web/pages.ts'
import { checkCallerAddress, type AllowedHosts } from './caller-address.ts'
import { isCanonicalPath } from './canonical-path.ts'
import { narrow, type Actor } from './policy.ts'
import { asRequestFailure, refuse } from './refusal.ts'
import type { Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import { readSessionCookie, refuseForgery } from './session-cookie.ts'
import { Turnstile } from './turnstile.ts'

/** What a request says about who sends it. */
export interface Claim {
  readonly authorization: string | undefined
  /** What the session cookie holds. Looked at only where there is no authorization. */
  readonly session: string | undefined
  /** The address of the other end of the connection. */
  readonly source: string
}

/** Proves a caller. @throws CONSOLE_UNAUTHENTICATED, CONSOLE_TOO_MANY_ATTEMPTS. */
export type Authenticate = (claim: Claim) => Promise<Actor>

export interface GuardOptions {
  readonly authenticate: Authenticate
  readonly log: Log
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | undefined
  }
  interface FastifyContextConfig {
    row?: Route
  }
}

/** The code of what no table names. */
const unexpected = 'BASE_INTERNAL'

/** @param allowed absent before the server listens: its port is part of the answer. */
export function guard(server: FastifyInstance, options: GuardOptions, allowed: () => AllowedHosts | undefined): void {
  const { log } = options
  const logLimit = new LogLimit(systemClock)
  const turnstile = new Turnstile()
  server.decorateRequest('actor', undefined)
  server.addHook('onRequest', async (request, reply) => {
    const turn = turnstile.enter()
    if (turn !== undefined) await turn
    void reply.headers(securityHeaders)
    const hosts = allowed()
    if (hosts === undefined) throw consoleFailure('BUSY')
    checkCallerAddress(request.headers, hosts)
    const path = request.raw.url?.split('?', 1)[0] ?? ''
    const isCanonical = isCanonicalPath(path)
    if (isCanonical && request.routeOptions.config.isRaw === true) return
    const row = isCanonical ? request.routeOptions.config.row : undefined
    if (row?.policy === 'public' || isPage(request)) return
    // Who is not proven learns nothing about which addresses exist.
    if (row !== undefined || path.startsWith('/api')) {
      const { authorization } = request.headers
      const session = authorization === undefined ? readSessionCookie(request.headers) : undefined
      request.actor = await options.authenticate({ authorization, session, source: request.ip })
      if (session !== undefined) refuseForgery(request.method, request.headers)
    }
    if (row === undefined) throw consoleFailure('NOT_FOUND')
    request.actor = request.actor && narrow(request.actor, row.policy, row.scope)
    if (request.actor === undefined) throw consoleFailure('FORBIDDEN', { details: { right: row.policy } })
  })
  server.setNotFoundHandler((request, reply) => refuse(request, reply, consoleFailure('NOT_FOUND')))
  server.setErrorHandler((error, request, reply) => {
    const failure = asRequestFailure(error)
    const { url = '' } = request.routeOptions
    // What others can cause at will is said once in ten seconds; what nobody expected, every time.
    const leftOut = failure.code === unexpected ? 0 : failure.status >= 500 ? logLimit.admit(failure.code) : undefined
    if (leftOut !== undefined) log.error('request failed', { traceId: request.id, path: url, error, leftOut })
    return refuse(request, reply, failure)
  })
}
