/**
 * The listener: the only door into the console.
 *
 * It knows rows of the route table and nothing of what they do. Before a row's
 * handler runs, the address is canonical, the host is ours, the caller is proven and
 * allowed, and the input has the row's form.
 *
 * @module
 */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { listenFailure } from '@sallygate/base/failures'
import type { Log } from '@sallygate/base/log'
import { consoleFailure } from '../failures.ts'
import type { ConsoleSettings } from '../settings.ts'
import { allowedHosts, type AllowedHosts } from './caller-address.ts'
import { guard, type Authenticate } from './guard.ts'
import type { Route } from './route.ts'
import { bounds, makeServer, readTls } from './server.ts'

export interface ListenerOptions {
  readonly settings: Pick<
    ConsoleSettings,
    'host' | 'port' | 'tlsCertificateFile' | 'tlsPrivateKeyFile' | 'allowedHosts' | 'maxConnections'
  >
  readonly routes: readonly Route[]
  readonly authenticate: Authenticate
  readonly log: Log
}

export interface Listener {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

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
  for (const route of options.routes) serve(server, route)
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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

function serve(server: FastifyInstance, row: Route): void {
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
      const answer = await row.handler({ params, query, body, actor, signal: gone.signal, traceId: request.id })
      const type = row.produces === 'html' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'
      return reply.code(row.status).header('content-type', type).send(answer)
    },
  })
}
