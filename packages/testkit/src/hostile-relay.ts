/**
 * A relay that lies: routes like the real one, and does to frames and cargos whatever a test asks.
 *
 * Built from the hop's public codec only. It has what every relay has, and that is its
 * point: nothing it does may read, forge or repeat anything. It records all it sees.
 *
 * @module
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { randomBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import {
  decodeSecureChannel,
  limits,
  openAdmission,
  randomId,
  verifyProof,
  type Address,
  type FrameNamed,
  type RelayFrame,
  type RelayId,
  type RosterEntry,
  type SecureChannel,
} from '@sallygate/hop'
import { HostilePeer } from './hostile-peer.ts'
import { RelayRecording } from './relay-recording.ts'
import { seededRandom, type SeededRandom } from './seeded-random.ts'
import { honest, type Delivery, type Tamper } from './tampers.ts'

/** Changes frames on their way out of the relay: none, one, several, or raw bytes that are no frame. */
export type FrameTamper = (frame: RelayFrame, to: HostilePeer) => readonly (RelayFrame | Bytes)[]

export interface HostileRelayOptions {
  readonly relay?: RelayId
  /** TLS with this key and certificate; plain HTTP without. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
  /** The file a console exported. Without it everybody whose proof is good is admitted. */
  readonly secureChannel?: Bytes
  /** Any free one unless given; for taking the place of a relay that others already know. */
  readonly port?: number
  readonly seed?: number
  readonly tamper?: Tamper
  readonly frames?: FrameTamper
  readonly window?: number
  readonly pingMs?: number
  readonly deadMs?: number
}

export async function startHostileRelay(options: HostileRelayOptions = {}): Promise<HostileRelay> {
  const relay = new HostileRelay(options)
  await relay.listen()
  return relay
}

export class HostileRelay {
  readonly relay: RelayId
  readonly recording = new RelayRecording()
  readonly random: SeededRandom
  readonly options: HostileRelayOptions
  /** Applied to every cargo. Change it at any time. */
  tamper: Tamper
  /** Applied to every frame the relay sends. Change it at any time. */
  frames: FrameTamper
  /** Cargos that were handed to nobody, by the reason that was given. */
  readonly undelivered = new Map<string, number>()
  readonly #peers = new Set<HostilePeer>()
  readonly #server
  readonly #sockets
  readonly #channel: SecureChannel | undefined
  readonly #timers = new Set<NodeJS.Timeout>()
  #admission: { readonly number: number; readonly keys: ReadonlySet<string> } | undefined
  #connections = 0
  #port = 0

  constructor(options: HostileRelayOptions) {
    this.options = options
    this.#channel = options.secureChannel === undefined ? undefined : decodeSecureChannel(options.secureChannel)
    this.relay = options.relay ?? this.#channel?.relay ?? randomId()
    this.random = seededRandom(options.seed ?? 0x5a11)
    this.tamper = options.tamper ?? honest
    this.frames = options.frames ?? ((frame) => [frame])
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response)
    this.#server = options.tls === undefined ? createHttpServer(answer) : createHttpsServer(options.tls, answer)
    this.#sockets = new WebSocketServer({
      server: this.#server,
      perMessageDeflate: false,
      maxPayload: limits.messageBytes,
    })
    this.#sockets.on('connection', (socket, request) => this.#connect(socket, request))
  }

  get url(): string {
    return `${this.options.tls === undefined ? 'http' : 'https'}://localhost:${this.#port}/awcm`
  }

  get port(): number {
    return this.#port
  }

  /** Everybody whose proof was good and who is still there. */
  peers(): readonly HostilePeer[] {
    return [...this.#peers].filter((peer) => peer.address !== undefined)
  }

  /** @throws Error when nobody fits: a mistake of the test. */
  peer(role: Address['role'], instance?: string): HostilePeer {
    const found = this.peers().find(
      (p) => p.address?.role === role && (instance ?? p.address.instance) === p.address.instance,
    )
    if (found === undefined) throw new Error(`no ${role} ${instance ?? ''} is attached`)
    return found
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.options.port ?? 0, '127.0.0.1', () => resolve())
    })
    this.#port = (this.#server.address() as AddressInfo).port
    console.info(`hostile relay: seed ${this.random.seed}`)
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const peer of this.#peers) peer.cut()
    this.#sockets.close()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  /** Delivers something nobody sent. */
  inject(delivery: Delivery): void {
    this.#deliver(delivery)
  }

  /** Tells the consoles about somebody who is not there. */
  claimPresent(entry: Partial<RosterEntry>): RosterEntry {
    const claimed: RosterEntry = {
      role: 'connector',
      group: randomId(),
      instance: randomId(),
      attachment: toHex(randomBytes(8)),
      since: new Date(),
      isDraining: false,
      ...entry,
    }
    this.#tellConsoles('joined', claimed)
    return claimed
  }

  /** Tells the consoles that somebody has left who has not. */
  claimAbsent(peer: HostilePeer): void {
    this.#tellConsoles('left', peer.rosterEntry())
  }

  /** Plays the peer's side of a recorded session to another relay's socket, or to our own: see the tests. */
  recordedSession(connection: number): readonly Buffer[] {
    return this.recording.received(connection)
  }

  roster(): readonly RosterEntry[] {
    return this.peers()
      .filter((peer) => peer.address?.role !== 'guest')
      .map((peer) => peer.rosterEntry())
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const isStatus = request.url === '/status' || request.url?.endsWith('/status') === true
    response.writeHead(isStatus ? 200 : 404, { 'content-type': 'text/plain' }).end(isStatus ? 'OK\n' : 'not here\n')
  }

  #connect(socket: WebSocket, request: IncomingMessage): void {
    const connection = ++this.#connections
    const opening = `${request.method} ${request.url}\r\n${request.rawHeaders.join('\r\n')}`
    this.recording.add({ atMs: performance.now(), direction: 'in', connection, bytes: Buffer.from(opening) })
    const peer = new HostilePeer(this, socket, connection, {
      proof: (frame) => this.#prove(peer, frame),
      cargo: (frame) => this.#route(peer, frame),
      admission: (number, signed) => this.#admit(peer, number, signed),
      draining: () => this.#tellConsoles('draining', peer.rosterEntry()),
      handOver: ({ successor, signature }) => {
        const { attachment, group, instance } = peer.rosterEntry()
        const told = { type: 'handedOver', group, instance, attachment, successor, signature } as const
        peer.isDraining = true
        this.#tellConsoles('draining', peer.rosterEntry())
        for (const other of this.#peers) if (other.address?.role === 'console' && other !== peer) other.send(told)
        peer.send(told)
      },
      closed: () => this.#left(peer),
    })
    this.#peers.add(peer)
    peer.challenge()
  }

  #prove(peer: HostilePeer, proof: FrameNamed<'proof'>): void {
    const { role, group, instance, publicKey } = proof
    const isGood = verifyProof(proof, { relay: this.relay, nonce: peer.nonce })
    if (!isGood || !this.#isAdmitted(proof)) {
      peer.send({ type: 'refused', reason: isGood ? 'notAdmitted' : 'badProof', retryAfterMs: 0 })
      peer.cut()
      return
    }
    peer.attach(role === 'guest' ? { role, group, instance: randomId() } : { role, group, instance }, publicKey)
    if (role === 'console') peer.send({ type: 'roster', entries: this.roster() })
    if (role !== 'guest') this.#tellConsoles('joined', peer.rosterEntry(), peer)
  }

  #isAdmitted({ role, group, instance, publicKey }: FrameNamed<'proof'>): boolean {
    if (this.#channel === undefined || role === 'guest') return true
    if (role === 'console') return this.#channel.consoles.some((key) => Buffer.compare(key, publicKey) === 0)
    return this.#admission?.keys.has(admissionKey({ group, instance, publicKey })) === true
  }

  #admit(peer: HostilePeer, number: number, signed: Buffer): void {
    if (this.#channel !== undefined) {
      const { entries } = openAdmission(signed, this.#channel, this.#admission?.number ?? 0)
      this.#admission = { number, keys: new Set(entries.map(admissionKey)) }
      for (const other of this.peers()) {
        const { address, publicKey } = other
        if (address?.role !== 'connector' || publicKey === undefined) continue
        if (!this.#admission.keys.has(admissionKey({ ...address, publicKey }))) other.cut()
      }
    }
    peer.send({ type: 'admitted', number, ok: true, reason: 'accepted' })
  }

  #route(sender: HostilePeer, frame: FrameNamed<'cargo'>): void {
    const { to, token, ttlMs, cargo } = frame
    const passing = { from: sender.address as Address, to, token, ttlMs, cargo: Buffer.from(cargo) }
    for (const delivery of this.tamper(passing, this.random)) {
      if ((delivery.afterMs ?? 0) > 0) this.#later(delivery.afterMs ?? 0, () => this.#deliver(delivery, sender))
      else this.#deliver(delivery, sender)
    }
  }

  #deliver(delivery: Delivery, sender?: HostilePeer): void {
    const { from, to, token, ttlMs, cargo } = delivery
    // The newest of those who share an address, as the real one picks.
    const receiver = this.peers().findLast((peer) => peer.isAt(to))
    if (receiver !== undefined) {
      receiver.deliver({ type: 'cargo', to, from, token, ttlMs, cargo })
      return
    }
    this.undelivered.set('noSuchPeer', (this.undelivered.get('noSuchPeer') ?? 0) + 1)
    sender?.send({ type: 'undelivered', token, reason: 'noSuchPeer', retryAfterMs: 0 })
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, ms)
    this.#timers.add(timer)
  }

  #tellConsoles(event: FrameNamed<'rosterChange'>['event'], entry: RosterEntry, except?: HostilePeer): void {
    for (const peer of this.peers()) {
      if (peer.address?.role === 'console' && peer !== except) peer.send({ type: 'rosterChange', event, entry })
    }
  }

  #left(peer: HostilePeer): void {
    this.#peers.delete(peer)
    if (peer.address !== undefined && peer.address.role !== 'guest') this.#tellConsoles('left', peer.rosterEntry())
  }
}

function admissionKey(entry: { readonly group: string; readonly instance: string; readonly publicKey: Bytes }): string {
  return `${entry.group}/${entry.instance}/${Buffer.from(entry.publicKey).toString('hex')}`
}
