/**
 * The listener: one hardened port, with TLS or, for an offloader, without.
 *
 * What node allows a stranger by default (120 s of silence before TLS, a minute of
 * headers, no limit to connections) is replaced here, in one place. Every socket
 * passes the doorkeeper before TLS sees its first byte; its one deadline stands for
 * node's several time-outs, which only a server that listens by itself keeps.
 *
 * @module
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import { createServer as createNetServer, type AddressInfo, type Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { listenFailure } from '@sallygate/base/failures'
import type { Log } from '@sallygate/base/log'
import { limits } from '@sallygate/hop'
import type { ServerCertificate } from './certificate.ts'
import type { Counters } from './counters.ts'
import type { Doorkeeper } from './doorkeeper.ts'
import type { answerPages } from './pages.ts'

export const maxHeaders = 64

const httpProfile: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  noDelay: true,
  // A second Content-Length or a bare LF is somebody looking for a proxy that reads it otherwise.
  insecureHTTPParser: false,
}

export interface ListenerOptions {
  readonly log: Log
  readonly counters: Counters
  readonly doorkeeper: Doorkeeper
  readonly address: string
  readonly port: number
  /** Without one the listener speaks plain HTTP. */
  readonly certificate: ServerCertificate | undefined
  readonly pages: ReturnType<typeof answerPages>
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

export interface Listener {
  readonly port: number
  replaceCertificate(certificate: ServerCertificate): void
  /** Lets nobody new in; those who are in stay. */
  shut(): void
  stop(): void
}

/** @throws LISTEN_PORT_TAKEN, LISTEN_NOT_ALLOWED */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { counters, doorkeeper, certificate } = options
  const https = certificate === undefined ? undefined : tlsServer(certificate)
  const http: Server | HttpsServer = https ?? createHttpServer(httpProfile)
  // One more than allowed, so that too many can be told from just enough; node drops the rest silently.
  http.keepAliveTimeout = 2 * limits.pollIdleMs
  http.maxHeadersCount = maxHeaders + 1
  http.on('request', (request, response) => {
    counters.requests++
    options.pages(request, response)
  })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    counters.requests++
    options.upgrade(request, socket, head)
  })
  http.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    counters.turnedAway[error.code?.startsWith('HPE_') === true ? 'httpError' : 'tlsError']++
    socket.destroy()
  })
  const door = createNetServer({ noDelay: true, pauseOnConnect: false }, (socket) => {
    // A reset that arrives between two owners of the socket has no other listener.
    socket.on('error', () => socket.destroy())
    if (doorkeeper.admit(socket, certificate === undefined)) http.emit('connection', socket)
  })
  await listen(door, options)
  door.on('error', (error) => options.log.error('listener error', { error }))
  return {
    port: (door.address() as AddressInfo).port,
    replaceCertificate: (next) => https?.setSecureContext(next.context),
    shut: () => door.close(),
    stop() {
      door.close()
      http.close()
      http.closeAllConnections()
    },
  }
}

function tlsServer(certificate: ServerCertificate): HttpsServer {
  return createHttpsServer({
    ...httpProfile,
    ...certificate.context,
    handshakeTimeout: limits.unprovenMs,
    ALPNProtocols: ['http/1.1'],
  })
}

function listen(door: NetServer, { address, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const key = cause.code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'NOT_ALLOWED'
      reject(listenFailure(key, { cause, details: { address, port } }))
    }
    door.once('error', fail)
    door.listen({ host: address, port, backlog: 511 }, () => {
      door.off('error', fail)
      resolve()
    })
  })
}
