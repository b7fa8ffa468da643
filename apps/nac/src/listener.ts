/**
 * The nac's HTTPS listener: bounded in everything before a request is believed.
 *
 * It answers its health. The MDM API comes with the device inventory; until then
 * everything else is refused, and refused the same way.
 *
 * @module
 */
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listenFailure } from '@sallygate/base/failures'
import type { Log } from '@sallygate/base/log'

export interface ListenerOptions {
  readonly host: string
  readonly port: number
  /** PEM. */
  readonly certificate: Buffer
  /** PEM. */
  readonly privateKey: Buffer
  readonly log: Log
  readonly health: () => Health
}

/** What anybody may know: that it runs, since when, and which version. */
export interface Health {
  readonly status: 'ok' | 'degraded'
  readonly version: string
  readonly upSince: string
}

export interface Listener {
  readonly port: number
  replaceCertificate(certificate: Buffer, privateKey: Buffer): void
  close(): Promise<void>
}

/** @throws LISTEN_PORT_TAKEN, LISTEN_NOT_ALLOWED. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const server = createServer(
    {
      cert: options.certificate,
      key: options.privateKey,
      minVersion: 'TLSv1.2',
      // Node's own default is 120 s for a socket that never says a word of TLS.
      handshakeTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => answer(request, response, options.health),
  )
  server.maxHeadersCount = 64
  server.maxConnections = 1024
  server.on('tlsClientError', (error) => options.log.debug('no TLS', { reason: error.message }))
  server.on('clientError', (_error, socket) => socket.destroy())
  await bind(server, options)
  const { port } = server.address() as AddressInfo
  return {
    port,
    replaceCertificate: (cert, key) => server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function bind(server: Server, options: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const key = cause.code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'NOT_ALLOWED'
      reject(listenFailure(key, { cause, details: { host: options.host, port: options.port } }))
    })
    server.listen(options.port, options.host, () => resolve())
  })
}

function answer(request: IncomingMessage, response: ServerResponse, health: () => Health): void {
  // A body nobody asked for is not read: the answer goes out and the connection ends.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
    response.setHeader('connection', 'close')
  }
  const isHealth = request.method === 'GET' && request.url === '/health'
  const body = JSON.stringify(isHealth ? health() : { code: 'NOT_FOUND', says: 'There is nothing here.' })
  response.writeHead(isHealth ? 200 : 404, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
