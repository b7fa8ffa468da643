/**
 * A bus over TCP: every node dials every other one it is told of, and is dialled by it.
 *
 * Both ends of a connection prove that they have the bus key, which is the pre-shared
 * key of its TLS (RFC 5489, 7905); there is no other way in. A node is there while both
 * connections stand: the one it was dialled by carries what it says, the one dialled by us
 * what we say. When one ends the other is ended too, and everything is said anew.
 *
 * @module
 */
import { hkdfSync } from 'node:crypto'
import { connect, createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { listenFailure } from '@sallygate/base/failures'
import { readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { LogLimit } from '@sallygate/base/log-limit'
import { relayFailure } from '../failures.ts'
import { between } from '../jitter.ts'
import type { Bus, BusEvents, NodeId } from './bus.ts'
import { BusLink } from './bus-link.ts'
import type { BusMessage } from './messages.ts'

export interface TcpBusOptions {
  readonly clock: Clock
  readonly log: Log
  readonly relay: string
  readonly keyFile: string
  readonly address: string
  readonly port: number
  /** `host:port` of the other nodes, separated by commas. Its own may be among them. */
  readonly peers: string
}

/** Only these, so only with the key. TLS 1.3 has no such cipher that Node can be handed a key for. */
const profile = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-PSK-CHACHA20-POLY1305' } as const
const [retryFromMs, retryToMs] = [300, 1500]
const handshakeMs = 5000
/** Strangers at the port; a node needs one. */
const maxConnections = 64

/** @throws FILE_MISSING, FILE_NOT_PRIVATE, RELAY_BAD_BUS, LISTEN_PORT_TAKEN, LISTEN_NOT_ALLOWED */
export async function startTcpBus(options: TcpBusOptions): Promise<Bus & { readonly port: number }> {
  const secret = readPrivateFile(options.keyFile)
  if (secret.length < 32)
    throw relayFailure('BAD_BUS', { details: { file: options.keyFile, reason: 'shorter than 32 bytes' } })
  const key = Buffer.from(hkdfSync('sha256', secret, options.relay, 'sallygate relay bus v1', 32))
  const peers = options.peers.split(',').map((peer) => parsePeer(peer.trim()))
  const bus = new TcpBus(options, key)
  await bus.open()
  for (const peer of peers) bus.dial(peer.host, peer.port)
  return bus
}

function parsePeer(peer: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:\s]+):(\d{1,5})$/i.exec(peer) ?? []
  if (host === undefined || port === undefined)
    throw relayFailure('BAD_BUS', { details: { reason: `no host:port: ${peer.slice(0, 80)}` } })
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

interface Node {
  out?: BusLink
  in?: BusLink
}

class TcpBus implements Bus {
  readonly node: NodeId = toHex(randomBytes(8))
  readonly #options: TcpBusOptions
  readonly #key: Buffer
  readonly #server: Server
  readonly #known = new Map<NodeId, Node>()
  readonly #sockets = new Set<TLSSocket>()
  readonly #logLimit: LogLimit
  #events: BusEvents | undefined
  #isStopped = false

  constructor(options: TcpBusOptions, key: Buffer) {
    this.#options = options
    this.#key = key
    this.#logLimit = new LogLimit(options.clock)
    const settings: TlsOptions = { ...profile, handshakeTimeout: handshakeMs, pskCallback: () => key }
    this.#server = createServer(settings, (socket) => this.#welcome(socket, undefined, () => {}))
    this.#server.maxConnections = maxConnections
    this.#server.on('tlsClientError', (error) => this.#complain('somebody without the bus key', error))
  }

  get nodes(): readonly NodeId[] {
    return [...this.#known].flatMap(([id, { out }]) => (out === undefined ? [] : [id]))
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  open(): Promise<void> {
    const { address, port } = this.#options
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        const code = cause.code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'NOT_ALLOWED'
        reject(listenFailure(code, { cause, details: { address, port } }))
      })
      this.#server.listen({ host: address, port }, resolve)
    })
  }

  listen(events: BusEvents): void {
    this.#events = events
    for (const node of this.nodes) events.reached(node)
  }

  send(to: NodeId, message: BusMessage): 'sent' | 'full' | 'away' {
    return this.#known.get(to)?.out?.send(message) ?? 'away'
  }

  stop(): void {
    this.#isStopped = true
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Dials one node for ever; there are few. */
  dial(host: string, port: number): void {
    if (this.#isStopped) return
    const again = () => {
      this.#options.clock.after(between(retryFromMs, retryToMs), () => this.dial(host, port), { background: true })
    }
    const socket = connect({
      ...profile,
      host,
      port,
      pskCallback: () => ({ psk: this.#key, identity: 'sallygate' }),
      // Whoever has the key is who it says; there is no certificate.
      checkServerIdentity: () => undefined,
    })
    const late = this.#options.clock.after(handshakeMs, () => socket.destroy(), { background: true })
    socket.once('secureConnect', () => late.cancel())
    socket.on('error', (error) => this.#complain(`${host}:${port} is not reached`, error))
    socket.once('close', again)
    this.#welcome(socket, `${host}:${port}`, () => {
      // It is this node itself, under an address that all nodes were told.
      socket.off('close', again)
    })
  }

  #welcome(socket: TLSSocket, dialled: string | undefined, isOwn: () => void): void {
    this.#sockets.add(socket)
    let id: NodeId | undefined
    const link: BusLink = new BusLink(socket, this.#options.clock, {
      message: (message) => {
        if (id !== undefined) {
          // What it says comes over the connection that it has dialled.
          if (dialled === undefined && message.type !== 'hello') this.#events?.message(id, message)
          return
        }
        if (message.type !== 'hello' || toHex(message.relay) !== this.#options.relay) return link.close()
        id = toHex(message.node)
        if (id === this.node) {
          isOwn()
          link.close()
        } else this.#met(id, dialled === undefined ? 'in' : 'out', link)
      },
      closed: () => {
        this.#sockets.delete(socket)
        if (id !== undefined) this.#parted(id, link)
      },
    })
    const relay = Buffer.from(this.#options.relay, 'hex')
    link.send({ type: 'hello', node: Buffer.from(this.node, 'hex'), relay })
  }

  #met(id: NodeId, side: 'in' | 'out', link: BusLink): void {
    const node = this.#known.get(id) ?? {}
    const before = node[side]
    this.#known.set(id, node)
    node[side] = link
    before?.close()
    if (side === 'in') return
    this.#options.log.info('another node of the relay is reached', { node: id })
    this.#events?.reached(id)
  }

  #parted(id: NodeId, link: BusLink): void {
    const node = this.#known.get(id)
    if (node === undefined || (node.in !== link && node.out !== link)) return
    this.#known.delete(id)
    node.in?.close()
    node.out?.close()
    this.#options.log.warn('another node of the relay is lost', { node: id })
    this.#events?.lost(id)
  }

  #complain(what: string, error: Error): void {
    const leftOut = this.#logLimit.admit(what)
    if (leftOut !== undefined) this.#options.log.warn('bus', { what, error, leftOut })
  }
}
