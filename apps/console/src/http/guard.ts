/**
 * The guard: what a request has to be before anything but its headers is read.
 *
 * @module
 */
import type { FastifyInstance } from 'fastify'
import type { Log } from '@sallygate/base/log'
import { consoleFailure } from '../failures.ts'
import { checkCallerAddress, type AllowedHosts } from './caller-address.ts'
import { isCanonicalPath } from './canonical-path.ts'
import { allows, type Actor } from './policy.ts'
import { asRequestFailure, refuse } from './refusal.ts'
import type { Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'

/** What a request says about who sends it. */
export interface Claim {
  readonly authorization: string | undefined
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

/** Runs before anything of a request but its headers has been read. */
export function guard(server: FastifyInstance, options: GuardOptions, allowed: () => AllowedHosts | undefined): void {
  const { log } = options
  server.decorateRequest('actor', undefined)
  server.addHook('onRequest', async (request, reply) => {
    void reply.headers(securityHeaders)
    const hosts = allowed()
    if (hosts === undefined) throw consoleFailure('BUSY')
    checkCallerAddress(request.headers, hosts)
    const path = request.raw.url?.split('?', 1)[0] ?? ''
    const row = isCanonicalPath(path) ? request.routeOptions.config.row : undefined
    if (row?.policy === 'public') return
    // Who is not proven learns nothing about which addresses exist.
    if (row !== undefined || path.startsWith('/api')) {
      const claim = { authorization: request.headers.authorization, source: request.ip }
      request.actor = await options.authenticate(claim)
    }
    if (row === undefined) throw consoleFailure('NOT_FOUND')
    if (request.actor === undefined || !allows(request.actor, row.policy)) throw consoleFailure('FORBIDDEN')
  })
  server.addHook('onResponse', (request, reply, done) => {
    const { method, actor, id: traceId } = request
    // Whoever changed something, or tried to, is in the log by name.
    if (method !== 'GET' && actor !== undefined) {
      log.info('change', {
        actor: actor.name,
        kind: actor.kind,
        method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        traceId,
      })
    }
    done()
  })
  server.setNotFoundHandler((request, reply) => refuse(request, reply, consoleFailure('NOT_FOUND')))
  server.setErrorHandler((error, request, reply) => {
    const failure = asRequestFailure(error)
    const about = { traceId: request.id, route: request.routeOptions.url, code: failure.code }
    // What has a row of its own is told to whoever asked; only what has none is news to us.
    if (failure.code === 'CONSOLE_INTERNAL') log.error('request failed', { ...about, error })
    else log.debug('request refused', about)
    return refuse(request, reply, failure)
  })
}
