/**
 * One connection of the hostile relay: what the relay knows of a peer, and can do to it.
 *
 * @module
 */
import type { WebSocket } from 'ws'
import { randomBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import {
  decodeFrame,
  encodeFrame,
  hopVersion,
  limits,
  noId,
  type Address,
  type AttachmentId,
  type FrameNamed,
  type PeerFrame,
  type RelayFrame,
  type RosterEntry,
} from '@sallygate/hop'
import type { HostileRelay } from './hostile-relay.ts'

export interface HostilePeerEvents {
  proof(frame: FrameNamed<'proof'>): void
  cargo(frame: FrameNamed<'cargo'>): void
  admission(number: number, signed: Buffer): void
  draining(): void
  handOver(frame: FrameNamed<'handOver'>): void
  closed(): void
}

export class HostilePeer {
  readonly connection: number
  readonly nonce: Buffer = randomBytes(32)
  readonly attachment: AttachmentId = toHex(randomBytes(8))
  /** Who it has proven to be. */
  address: Address | undefined
  publicKey: Bytes | undefined
  isDraining = false
  /** Frames it has sent, by type. */
  readonly received = new Map<string, number>()
  /** False makes the relay deaf and mute towards this peer, with the connection open. */
  isAnswering = true
  credit = 0
  readonly #relay: HostileRelay
  readonly #socket: WebSocket
  readonly #events: HostilePeerEvents
  readonly #queue: FrameNamed<'cargo'>[] = []
  readonly #parts = new Map<number, Bytes>()
  #since = new Date()

  constructor(relay: HostileRelay, socket: WebSocket, connection: number, events: HostilePeerEvents) {
    this.#relay = relay
    this.#socket = socket
    this.#events = events
    this.connection = connection
    socket.on('message', (message) => this.#receive(message as Buffer))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => events.closed())
  }

  challenge(): void {
    this.send({ type: 'challenge', version: hopVersion, relay: this.#relay.relay, nonce: this.nonce })
  }

  attach(address: Address, publicKey: Bytes): void {
    const { window = limits.window, pingMs = limits.pingMs, deadMs = limits.deadMs } = this.#relay.options
    this.address = address
    this.publicKey = Buffer.from(publicKey)
    this.credit = window
    this.#since = new Date()
    this.send({ type: 'attached', attachment: this.attachment, pingMs, deadMs, window, time: this.#since })
  }

  isAt(to: Address): boolean {
    const own = this.address
    if (own === undefined || own.role !== to.role) return false
    if (to.role === 'console' && to.instance === noId) return true
    return own.instance === to.instance && own.group === to.group
  }

  rosterEntry(): RosterEntry {
    const { role = 'connector', group = noId, instance = noId } = this.address ?? {}
    return { role, group, instance, attachment: this.attachment, since: this.#since, isDraining: this.isDraining }
  }

  /** Obeys credit, as the real relay does. */
  deliver(frame: FrameNamed<'cargo'>): void {
    this.#queue.push(frame)
    this.#flush()
  }

  /** Through the relay's frame tamper. */
  send(frame: RelayFrame): void {
    if (!this.isAnswering) return
    for (const made of this.#relay.frames(frame, this)) {
      this.sendRaw(made instanceof Uint8Array ? made : encodeFrame(made))
    }
  }

  /** Past the tamper, past the codec. */
  sendRaw(bytes: Bytes, isText = false): void {
    this.#record('out', Buffer.from(bytes))
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(bytes, { binary: !isText })
  }

  /** Bytes that are not even a WebSocket frame. */
  sendBytes(bytes: Bytes): void {
    const { _socket: stream } = this.#socket as unknown as { _socket?: { write(bytes: Bytes): void } }
    stream?.write(bytes)
  }

  /** Bytes written and not yet taken by the peer's side. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  cut(): void {
    // What was just written still leaves; a terminate would throw it away.
    this.#socket.close(1000)
    setTimeout(() => this.#socket.terminate(), 50).unref()
  }

  #receive(message: Buffer): void {
    this.#record('in', message)
    if (!this.isAnswering) return
    let frame: PeerFrame
    try {
      frame = decodeFrame(message, 'peer')
    } catch {
      this.send({ type: 'refused', reason: 'badFrame', retryAfterMs: 0 })
      this.cut()
      return
    }
    this.received.set(frame.type, (this.received.get(frame.type) ?? 0) + 1)
    if (frame.type === 'proof') this.#events.proof(frame)
    else if (this.address !== undefined) this.#attachedFrame(frame)
  }

  #attachedFrame(frame: PeerFrame): void {
    if (frame.type === 'cargo') this.#events.cargo(frame)
    else if (frame.type === 'ping') this.send({ type: 'pong', sequence: frame.sequence })
    else if (frame.type === 'admit') this.#collect(frame)
    else if (frame.type === 'credit') {
      this.credit += frame.count
      this.#flush()
    } else if (frame.type === 'draining') {
      this.isDraining = true
      this.#events.draining()
    } else if (frame.type === 'handOver') this.#events.handOver(frame)
  }

  #collect(frame: FrameNamed<'admit'>): void {
    this.#parts.set(frame.part, Buffer.from(frame.bytes))
    if (this.#parts.size < frame.parts) return
    const signed = Buffer.concat(
      Array.from({ length: frame.parts }, (_, part) => this.#parts.get(part) ?? Buffer.alloc(0)),
    )
    this.#parts.clear()
    this.#events.admission(frame.number, signed)
  }

  #flush(): void {
    while (this.credit > 0) {
      const frame = this.#queue.shift()
      if (frame === undefined) return
      this.credit--
      this.send(frame)
    }
  }

  #record(direction: 'in' | 'out', bytes: Buffer): void {
    const { address: peer, connection } = this
    this.#relay.recording.add({
      atMs: performance.now(),
      direction,
      connection,
      bytes,
      ...(peer === undefined ? {} : { peer }),
    })
  }
}
