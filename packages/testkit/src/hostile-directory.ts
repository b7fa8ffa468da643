/**
 * A directory that does what no directory should: it answers with whatever a test tells it to.
 *
 * Binds succeed unless the script says otherwise, so that a test is about its own line.
 *
 * @module
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import {
  decodeMessage,
  encodeMessage,
  ldapResult,
  MessageFramer,
  type Control,
  type LdapMessage,
  type LdapOperation,
} from '@sallygate/protocol-ldap'

export interface HostileReply {
  readonly request: LdapMessage
  /** How many messages came on this connection before this one. */
  readonly index: number
  send(operation: LdapOperation, more?: { readonly id?: number; readonly controls?: readonly Control[] }): void
  raw(bytes: Uint8Array | string): void
  /** Resolves when the client takes more, or is gone. */
  drained(): Promise<void>
  readonly isGone: boolean
  end(): void
}

export interface HostileDirectoryOptions {
  /** Sent as soon as somebody connects. */
  readonly banner?: Uint8Array | string
  /** @returns true when it has dealt with the request. */
  readonly script?: (reply: HostileReply) => boolean | Promise<boolean>
}

export interface HostileDirectory {
  readonly port: number
  /** Kinds of what came, in order, over all connections. */
  readonly received: readonly LdapOperation['kind'][]
  readonly openConnections: number
  /** Resolves when a message of this kind has come, now or later. */
  waitFor(kind: LdapOperation['kind']): Promise<void>
  stop(): Promise<void>
}

export const success: LdapOperation = { kind: 'searchDone', result: ldapResult('success') }

export async function startHostileDirectory(options: HostileDirectoryOptions, port = 0): Promise<HostileDirectory> {
  const received: LdapOperation['kind'][] = []
  const waiting = new Set<() => void>()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (options.banner !== undefined) socket.write(options.banner)
    const framer = new MessageFramer(1024 * 1024)
    let index = 0
    socket.on('data', (chunk: Buffer) => {
      for (const bytes of framer.push(chunk)) {
        const request = decodeMessage(bytes)
        received.push(request.operation.kind)
        for (const wake of waiting) wake()
        void answer(replyOf(socket, request, index++), options)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    received,
    get openConnections() {
      return sockets.size
    },
    waitFor: (kind) =>
      new Promise((resolve) => {
        const look = () => {
          if (!received.includes(kind)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(reply: HostileReply, { script }: HostileDirectoryOptions): Promise<void> {
  if ((await script?.(reply)) === true) return
  const { kind } = reply.request.operation
  if (kind === 'bindRequest') reply.send({ kind: 'bindResponse', result: ldapResult('success') })
  if (kind === 'searchRequest') reply.send(success)
}

function replyOf(socket: Socket, request: LdapMessage, index: number): HostileReply {
  return {
    request,
    index,
    send(operation, { id = request.id, controls = [] } = {}) {
      if (!socket.destroyed) socket.write(encodeMessage({ id, operation, controls }))
    },
    raw(bytes) {
      if (!socket.destroyed) socket.write(bytes)
    },
    drained: () =>
      new Promise((resolve) => {
        if (socket.destroyed || !socket.writableNeedDrain) {
          setImmediate(resolve)
          return
        }
        const done = () => {
          socket.off('drain', done)
          socket.off('close', done)
          resolve()
        }
        socket.on('drain', done)
        socket.on('close', done)
      }),
    get isGone() {
      return socket.destroyed
    },
    end: () => socket.end(),
  }
}
