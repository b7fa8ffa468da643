/**
 * The listener: the only door into the console.
 *
 * It knows rows of the route table and nothing of what they do. Before a row's
 * handler runs, the address is canonical, the host is ours, the caller is proven and
 * allowed (`guard.ts`), and the input has the row's form (`serve.ts`).
 *
 * @module
 */
import type { AddressInfo } from 'node:net'
import { listenFailure } from '@sallygate/base/failures'
import type { Log } from '@sallygate/base/log'
import { consoleFailure } from '../failures.ts'
import type { ConsoleSettings } from '../settings.ts'
import { servePages } from '../web/pages.ts'
import type { Around } from './around.ts'
import { allowedHosts, type AllowedHosts } from './caller-address.ts'
import { guard, type Authenticate } from './guard.ts'
import { serveRaw, type RawRoute } from './raw-route.ts'
import type { Route } from './route.ts'
import { serve } from './serve.ts'
import { bounds, makeServer, readTls } from './server.ts'

export { bounds } from './server.ts'
export type { Authenticate, Claim } from './guard.ts'

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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}
