/**
 * The nac's HTTPS listener: bounded in everything before a request is believed.
 *
 * @module
 */
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listenFailure } from '@sallygate/base/failures'
import type { Log } from '@sallygate/base/log'

export interface KeyPair {
  /** PEM, the chain from the server's own certificate up. */
  readonly certificate: Buffer | string
  /** PEM. */
  readonly privateKey: Buffer | string
}

export interface ListenerOptions extends KeyPair {
  readonly host: string
  readonly port: number
  /** Whether clients are asked for a certificate. Without one they are let in all the same; accounts decide. */
  readonly asksForCertificates: boolean
  readonly log: Log
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void
}

export interface Listener {
  readonly port: number
  /** New connections get the new pair; those that are open stay. @throws when the two do not belong together. */
  replaceCertificate(pair: KeyPair): void
  close(): Promise<void>
}

const minVersion = 'TLSv1.2'

/** @throws LISTEN_PORT_TAKEN, LISTEN_NOT_ALLOWED. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const server = createServer(
    {
      cert: options.certificate,
      key: options.privateKey,
      minVersion,
      requestCert: options.asksForCertificates,
      rejectUnauthorized: false,
      // Node's own default is 120 s for a socket that never says a word of TLS.
      handshakeTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2000,
      // A policy node asks again within a minute or so.
      keepAliveTimeout: 65_000,
    },
    options.serve,
  )
  server.maxHeadersCount = 64
  server.maxConnections = 1024
  server.on('tlsClientError', (error) => options.log.debug('no TLS', { reason: error.message }))
  server.on('clientError', (_error, socket) => socket.destroy())
  await bind(server, options)
  const { port } = server.address() as AddressInfo
  return {
    port,
    replaceCertificate: ({ certificate, privateKey }) =>
      server.setSecureContext({ cert: certificate, key: privateKey, minVersion }),
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
