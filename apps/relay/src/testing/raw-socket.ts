/**
 * A raw socket to a relay: what a hostile peer writes, byte by byte.
 *
 * For tests only.
 *
 * @module
 */
import { connect as tcpConnect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { encodeFrame, makeProof, decodeFrame, signWith, type FrameNamed } from '@sallygate/hop'
import type { Person } from './trial-peer.ts'
import type { Trial } from './trial.ts'

export class RawSocket {
  readonly socket: Socket
  readonly closed: Promise<void>
  received = Buffer.alloc(0)
  #wake = () => {}

  constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {})
    socket.on('close', () => this.#wake())
    socket.on('data', (part: Buffer) => {
      this.received = Buffer.concat([this.received, part])
      this.#wake()
    })
  }

  static async tcp(trial: Trial): Promise<RawSocket> {
    const raw = new RawSocket(tcpConnect(trial.port, '127.0.0.1'))
    await new Promise((resolve) => raw.socket.once('connect', resolve))
    return raw
  }

  static async tls(trial: Trial): Promise<RawSocket> {
    const socket = tlsConnect({ port: trial.port, host: '127.0.0.1', ca: trial.certificate })
    const raw = new RawSocket(socket)
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    return raw
  }

  /** Up to an open WebSocket, with any further header lines. */
  static async webSocket(trial: Trial, ...headers: readonly string[]): Promise<RawSocket> {
    const raw = await RawSocket.tls(trial)
    raw.socket.write(upgradeRequest(headers))
    await raw.until((bytes) => bytes.includes('\r\n\r\n'))
    return raw
  }

  /** Up to an attachment. */
  static async attached(trial: Trial, who: Person): Promise<RawSocket> {
    const raw = await RawSocket.webSocket(trial)
    await raw.until((bytes) => bytes.length >= bytes.indexOf('\r\n\r\n') + 4 + 2 + 50)
    const challenge = raw.received.subarray(raw.received.indexOf('\r\n\r\n') + 6)
    const frame = decodeFrame(challenge, 'relay') as FrameNamed<'challenge'>
    raw.received = Buffer.alloc(0)
    raw.socket.write(webSocketFrame(encodeFrame(await makeProof(who.identity, frame, signWith(who.privateKey)))))
    await raw.until((bytes) => bytes[2] === 0x02)
    return raw
  }

  async until(holds: (received: Buffer) => boolean): Promise<void> {
    while (!holds(this.received)) {
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.received.toString('latin1'))}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** The code of the close frame that was received last, if one was. */
  closeCode(): number | undefined {
    const at = this.received.lastIndexOf(Buffer.from([0x88, 0x02]))
    return at < 0 ? undefined : this.received.readUInt16BE(at + 2)
  }
}

export function upgradeRequest(headers: readonly string[] = []): string {
  const lines = [
    'GET /awcm HTTP/1.1',
    'host: relay',
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

export interface FrameShape {
  readonly opcode?: number
  readonly isFinal?: boolean
  readonly isMasked?: boolean
  /** The three reserved bits, as in the first byte. */
  readonly reserved?: number
}

/** A WebSocket frame as no library would write it. The mask is zeros, so the payload is as given. */
export function webSocketFrame(payload: Uint8Array, shape: FrameShape = {}): Buffer {
  const { opcode = 2, isFinal = true, isMasked = true, reserved = 0 } = shape
  const mask = isMasked ? 0x80 : 0
  const length =
    payload.length < 126 ? [mask | payload.length] : [mask | 126, payload.length >> 8, payload.length & 0xff]
  const head = Buffer.from([(isFinal ? 0x80 : 0) | reserved | opcode, ...length])
  return Buffer.concat([head, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

/** A frame header that promises `length` bytes. */
export function hugeHeader(length: number): Buffer {
  const head = Buffer.alloc(14)
  head[0] = 0x82
  head[1] = 0xff
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}
