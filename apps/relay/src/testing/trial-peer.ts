/**
 * Somebody who talks to a relay on trial, in frames and nothing else.
 *
 * For tests only.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  admissionParts,
  anyConsole,
  decodeFrame,
  encodeFrame,
  makeProof,
  noId,
  randomId,
  randomToken,
  rawPublicKey,
  signWith,
  type Address,
  type Frame,
  type FrameName,
  type FrameNamed,
  type Identity,
  type PeerFrame,
  type RelayFrame,
} from '@sallygate/hop'
import { WebSocket } from 'ws'

export interface Person {
  readonly identity: Identity
  readonly privateKey: KeyObject
}

export function person(role: Identity['role'], names: Partial<Pick<Identity, 'group' | 'instance'>> = {}): Person {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const group = role === 'connector' ? randomId() : noId
  const publicKey = rawPublicKey(privateKey)
  return { identity: { role, group, instance: randomId(), publicKey, software: 'trial', ...names }, privateKey }
}

export function addressOf({ identity: { role, group, instance } }: Person): Address {
  return { role, group, instance }
}

export async function push(console: TrialPeer, number: number, signed: Uint8Array): Promise<FrameNamed<'admitted'>> {
  for (const part of admissionParts(number, signed)) console.send(part)
  return console.next('admitted')
}

export class TrialPeer {
  readonly socket: WebSocket
  readonly opened: Promise<void>
  readonly closed: Promise<number>
  /** Everything received and not yet asked for. */
  readonly inbox: RelayFrame[] = []
  #wake = () => {}

  constructor(socket: WebSocket) {
    this.socket = socket
    this.opened = new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.on('close', () => this.#wake())
    socket.on('message', (data) => {
      this.inbox.push(decodeFrame(data as Buffer, 'relay'))
      this.#wake()
    })
  }

  send(frame: PeerFrame | Frame): void {
    this.socket.send(encodeFrame(frame))
  }

  async prove(who: Person): Promise<void> {
    this.send(await makeProof(who.identity, await this.next('challenge'), signWith(who.privateKey)))
  }

  /** The next frame of this name, waiting for it; others stay in the inbox. */
  async next<N extends FrameName>(name: N): Promise<FrameNamed<N>> {
    for (;;) {
      const at = this.inbox.findIndex((frame) => frame.type === name)
      if (at >= 0) return this.inbox.splice(at, 1)[0] as FrameNamed<N>
      if (this.socket.readyState === WebSocket.CLOSED) {
        throw new Error(`closed while waiting for ${name}; got ${this.inbox.map(({ type }) => type).join(', ')}`)
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  has(name: FrameName): boolean {
    return this.inbox.some((frame) => frame.type === name)
  }

  /** Sends a cargo and returns its token. */
  cargo(
    to: Address,
    cargo: string | Uint8Array,
    more: { readonly ttlMs?: number; readonly from?: Address } = {},
  ): string {
    const token = randomToken()
    const { ttlMs = 10_000, from = anyConsole } = more
    this.send({ type: 'cargo', to, from, token, ttlMs, cargo: Buffer.from(cargo) })
    return token
  }

  /** A full turn through the relay: what was sent before has been dealt with. */
  async settled(): Promise<void> {
    this.send({ type: 'ping', sequence: 4_000_000_000 })
    await this.next('pong')
  }
}
