/**
 * The listener: the only door into the console, with its bounds.
 *
 * It knows rows of the route table and nothing of what they do. Before a row's
 * handler runs, the address is canonical, the host is ours, the caller is proven and
 * allowed, and the input has the row's form.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import {
  fastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { createSerializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { listenFailure } from '@sallygate/base/failures'
import { readFile, readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { consoleFailure } from '../failures.ts'
import type { ConsoleSettings } from '../settings.ts'
import { isPage, servePages } from '../web/pages.ts'
import { nested, type Answer, type Around } from './around.ts'
import { allowedHosts, checkCallerAddress, type AllowedHosts } from './caller-address.ts'
import { isCanonicalPath } from './canonical-path.ts'
import { parseJsonBody } from './json-body.ts'
import { narrow, type Actor } from './policy.ts'
import { asFailure, problemOf } from './problem.ts'
import { serveRaw, type RawRoute } from './raw-route.ts'
import type { Connection, Route, RouteCall, SentFile } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import { clearSessionCookie, readSessionCookie, refuseForgery, writeSessionCookie } from './session-cookie.ts'
import { originOf } from './session-origin.ts'

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

export interface ListenerOptions {
  readonly settings: Pick<
    ConsoleSettings,
    'host' | 'port' | 'tlsCertificateFile' | 'tlsPrivateKeyFile' | 'allowedHosts' | 'maxConnections'
  >
  readonly routes: readonly Route[]
  /** Other people's protocols. */
  readonly rawRoutes?: readonly RawRoute[]
  readonly authenticate: Authenticate
  /** Around every row, the outermost first. */
  readonly around?: readonly Around[]
  readonly log: Log
  /** The built browser UI; absent, there are no pages. */
  readonly pages?: string
}

export interface Listener {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

export const bounds = {
  headerBytes: 16 * 1024,
  headers: 64,
  headersMs: 10_000,
  /** Node looks for slow requests every 30 s by itself, which would make every time-out that much longer. */
  lookEveryMs: 2000,
  requestMs: 30_000,
  bodyBytes: 1024 * 1024,
  keepAliveMs: 20_000,
  requestsPerSocket: 10_000,
} as const

/** @throws CONSOLE_NEEDS_TLS, LISTEN_PORT_TAKEN, LISTEN_NOT_ALLOWED, FILE_*. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { settings } = options
  const tls = readTls(settings)
  if (tls === undefined && !isLoopback(settings.host))
    throw consoleFailure('NEEDS_TLS', { details: { host: settings.host } })
  const server = makeServer(tls)
  server.server.maxConnections = settings.maxConnections
  server.server.maxHeadersCount = bounds.headers
  let allowed: AllowedHosts | undefined
  guard(server, options, () => allowed)
  if (options.pages !== undefined) servePages(server, options.pages)
  if (options.rawRoutes !== undefined) serveRaw(server, options.rawRoutes)
  for (const route of options.routes) serve(server, route, tls !== undefined, options.around ?? [])
  try {
    await server.listen({ host: settings.host, port: settings.port })
  } catch (cause) {
    throw nameListenFailure(cause, settings)
  }
  const { port } = server.server.address() as AddressInfo
  allowed = allowedHosts({ tls: tls !== undefined, host: settings.host, port, more: settings.allowedHosts })
  const scheme = tls === undefined ? 'http' : 'https'
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return {
    url: `${scheme}://${host}:${port}`,
    port,
    async stop() {
      server.server.closeIdleConnections()
      await server.close()
    },
  }
}

function nameListenFailure(cause: unknown, { host, port }: ListenerOptions['settings']): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return listenFailure('PORT_TAKEN', { cause, details: { host, port } })
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return listenFailure('NOT_ALLOWED', { cause, details: { host, port } })
  return cause
}

interface Tls {
  readonly cert: Buffer
  readonly key: Buffer
}

function readTls(settings: ListenerOptions['settings']): Tls | undefined {
  const { tlsCertificateFile: certificate, tlsPrivateKeyFile: key } = settings
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined || key === undefined)
    throw consoleFailure('NEEDS_TLS', { details: { host: settings.host } })
  return { cert: readFile(certificate), key: readPrivateFile(key) }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

function makeServer(tls: Tls | undefined): FastifyInstance {
  const http = {
    maxHeaderSize: bounds.headerBytes,
    headersTimeout: bounds.headersMs,
    requireHostHeader: true,
    connectionsCheckingInterval: bounds.lookEveryMs,
  }
  const server = fastify({
    ...(tls === undefined
      ? { http }
      : { https: { ...http, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: bounds.headersMs } }),
    logger: false,
    // A handler that waits for a connector is bounded by its own deadline, not here.
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: bounds.keepAliveMs,
    bodyLimit: bounds.bodyBytes,
    maxRequestsPerSocket: bounds.requestsPerSocket,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: 300,
    },
    exposeHeadRoutes: false,
    trustProxy: false,
    forceCloseConnections: true,
    return503OnClosing: true,
    genReqId: () => randomBytes(8).toString('hex'),
    // What the router itself refuses must look like everything else that is not there.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      void refuse(request, reply, consoleFailure('NOT_FOUND'))
    },
    // Fastify has one type per kind of server; to us they are one.
  } as FastifyServerOptions) as FastifyInstance
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(createSerializerCompiler())
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    /^application\/json(?:;\s*charset=utf-8)?$/i,
    { parseAs: 'buffer' },
    (_request, body, done) => {
      try {
        // Curl and fetch send the type also where there is nothing to send.
        done(null, body.length === 0 ? undefined : parseJsonBody(body as Buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  )
  return server
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
function guard(server: FastifyInstance, options: ListenerOptions, allowed: () => AllowedHosts | undefined): void {
  const { log } = options
  server.decorateRequest('actor', undefined)
  server.addHook('onRequest', async (request, reply) => {
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
    if (request.actor === undefined) throw consoleFailure('FORBIDDEN')
  })
  server.setNotFoundHandler((request, reply) => refuse(request, reply, consoleFailure('NOT_FOUND')))
  server.setErrorHandler((error, request, reply) => {
    const failure = asRequestFailure(error)
    if (failure.status >= 500)
      log.error('request failed', { traceId: request.id, path: request.routeOptions.url, error })
    return refuse(request, reply, failure)
  })
}

/** Zod's errors come wrapped by the type provider. */
function asRequestFailure(error: unknown): ReturnType<typeof asFailure> {
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

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error, request.id)
  void reply.headers(securityHeaders)
  // Bearer only: a browser that is asked for Basic would keep the password and send it along for other pages.
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="sallygate"')
  const retryAfterMs = problem.details['retryAfterMs']
  if (typeof retryAfterMs === 'number') void reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
  void reply.header('content-type', 'application/problem+json; charset=utf-8')
  return reply.code(problem.status).serializer(JSON.stringify).send(problem)
}

function connectionOf(request: FastifyRequest, reply: FastifyReply, isSecure: boolean): Connection {
  return {
    source: request.ip,
    origin: originOf(request.headers['user-agent'], request.ip),
    session: readSessionCookie(request.headers),
    setSession: (token, expiresAt) => void reply.header('set-cookie', writeSessionCookie(token, expiresAt, isSecure)),
    clearSession: () => void reply.header('set-cookie', clearSessionCookie(isSecure)),
  }
}

function serve(server: FastifyInstance, row: Route, isSecure: boolean, around: readonly Around[]): void {
  server.route({
    method: row.method,
    url: row.path,
    config: { row },
    schema: {
      params: row.params,
      querystring: row.query,
      ...(row.body === undefined ? {} : { body: row.body }),
      ...(row.produces === 'json' ? { response: { [row.status]: row.result } } : {}),
    },
    handler: async (request, reply) => {
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const { params, query, body, actor } = request
      const connection = connectionOf(request, reply, isSecure)
      const { signal } = gone
      const call: RouteCall<unknown, unknown, unknown, Actor | undefined> = {
        params,
        query,
        body,
        actor,
        signal,
        traceId: request.id,
        connection,
      }
      const key = request.headers['idempotency-key']
      const asked = {
        route: row,
        call,
        url: request.url,
        source: request.ip,
        idempotencyKey: typeof key === 'string' ? key : undefined,
      }
      const run = async (): Promise<Answer> => ({ status: row.status, body: await row.handler(call) })
      return send(reply, row, await nested(around, asked, run))
    },
  })
}

const types = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  // RFC 8259 has no media type for lines; this is the one that those who read them use.
  jsonLines: 'application/x-ndjson; charset=utf-8',
  metrics: 'text/plain; version=0.0.4; charset=utf-8',
  file: 'application/octet-stream',
} as const

function send(reply: FastifyReply, row: Route, { status, body, headers }: Answer): FastifyReply {
  if (headers !== undefined) void reply.headers(headers)
  if (status !== row.status) {
    // A failure that was kept with its key.
    void reply.header('content-type', 'application/problem+json; charset=utf-8')
    return reply.code(status).serializer(JSON.stringify).send(body)
  }
  void reply.code(status).header('content-type', types[row.produces])
  if (row.produces !== 'file') return reply.send(body)
  const { name, bytes, content } = body as SentFile
  void reply.header('content-disposition', `attachment; filename="${name}"`).header('content-length', bytes)
  return reply.send(content)
}
