/**
 * A syslog collector that does what a test tells it: reads, or does not, or ends in the middle.
 *
 * Simulated; interop/syslog has real ones.
 *
 * @module
 */
import { createSocket } from 'node:dgram'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { Deframer } from '@sallygate/protocol-syslog'

export interface CollectorOptions {
  readonly port?: number
  readonly tls?: TlsOptions
  /** Called with every connection, before anything of it is read. */
  readonly onConnection?: (socket: Socket, number: number) => void
  /** False: it accepts and never reads. */
  readonly reads?: boolean
  /** False: it sees our end and keeps its own side open. */
  readonly ends?: boolean
}

export interface Collector {
  readonly port: number
  /** In the order of arrival, over all connections. */
  readonly messages: string[]
  /** Connections so far. */
  readonly connections: number
  /** What it could not read as frames. */
  readonly errors: unknown[]
  /** Cuts all connections, as a process that is killed does. */
  cut(): void
  stop(): Promise<void>
}

export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const messages: string[] = []
  const errors: unknown[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const accept = (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    options.onConnection?.(socket, connections)
    if (options.reads === false) return socket.pause()
    const deframer = new Deframer()
    socket.on('data', (chunk: Buffer) => {
      try {
        messages.push(...deframer.push(chunk))
      } catch (error) {
        errors.push(error)
        socket.destroy()
      }
    })
    socket.on('end', () => options.ends !== false && socket.end())
    return undefined
  }
  const server =
    options.tls === undefined
      ? createServer({ allowHalfOpen: true }, accept)
      : createTlsServer({ ...options.tls, allowHalfOpen: true } as TlsOptions, accept)
  // With TLS also those whose handshake does not come to its end.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy?.()
  }
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    errors,
    get connections() {
      return connections
    },
    cut,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

export interface DatagramCollector {
  readonly port: number
  readonly messages: string[]
  stop(): Promise<void>
}

/** @param loses Whether the datagram of this number, from 1, is lost on the way. */
export async function startDatagramCollector(
  loses: (number: number) => boolean = () => false,
): Promise<DatagramCollector> {
  const messages: string[] = []
  let received = 0
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  socket.on('message', (datagram) => {
    if (!loses(++received)) messages.push(datagram.toString('utf8'))
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { port: socket.address().port, messages, stop: () => new Promise((resolve) => socket.close(() => resolve())) }
}
