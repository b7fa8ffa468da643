/**
 * Long-poll: the same frames over plain HTTP requests, where nothing lets a WebSocket through.
 *
 * Both ends make a key for this session alone, and the nonce of the challenge covers
 * both; so the proof covers them too, and whoever ends TLS in between can neither
 * repeat a request nor make one. Every request and every answer carries a MAC and a
 * number: what is lost is asked for again, what is repeated changes nothing.
 *
 * @module
 */
import { createHmac, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto'
import { concat, encodeUtf8, equalBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { hopFailure } from './failures.ts'
import { bytes, fixed, flag, list, name, record, u64, u8 } from './kinds.ts'
import { hopVersion, limits } from './limits.ts'

/** What follows the path of the WebSocket. */
export const pollSuffix = '/poll'

const nonceLabel = encodeUtf8('sallygate hop poll nonce v1\0')
const keysLabel = encodeUtf8('sallygate hop poll keys v1')
const macBytes = 16
/** SubjectPublicKeyInfo of an X25519 key up to the key itself (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b656e032100', 'hex')

export const pollHelloLayout = record('pollHello', { version: u8, key: fixed(32) })
export const pollWelcomeLayout = record('pollWelcome', {
  session: name<string>(16),
  key: fixed(32),
  salt: fixed(32),
  challenge: bytes(limits.unprovenFrameBytes),
})
export const pollBatchLayout = record('pollBatch', {
  sequence: u64,
  isLast: flag,
  frames: list(bytes(limits.messageBytes), limits.pollBatchFrames),
})

/** One side's key of one session. */
export interface PollKey {
  readonly privateKey: KeyObject
  readonly publicKey: Buffer
}

export function makePollKey(): PollKey {
  const { privateKey, publicKey } = generateKeyPairSync('x25519')
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32) }
}

export function encodeHello(key: PollKey): Buffer {
  return pollHelloLayout.encode({ version: hopVersion, key: key.publicKey })
}

/** The nonce that binds a proof to this session. */
export function pollNonce(session: string, peerKey: Bytes, relayKey: Bytes, salt: Bytes): Buffer {
  return sha256(nonceLabel, Buffer.from(session, 'hex'), peerKey, relayKey, salt)
}

export interface PollKeys {
  readonly up: Buffer
  readonly down: Buffer
}

/** @returns `undefined` for a key that is none, or one that leads to a secret anybody knows. */
export function pollKeys(own: PollKey, their: Bytes, nonce: Bytes): PollKeys | undefined {
  try {
    const publicKey = createPublicKey({ key: concat(spkiPrefix, their), format: 'der', type: 'spki' })
    const secret = diffieHellman({ privateKey: own.privateKey, publicKey })
    const made = Buffer.from(hkdfSync('sha256', secret, nonce, keysLabel, 64))
    return { up: made.subarray(0, 32), down: made.subarray(32) }
  } catch {
    return undefined
  }
}

type Purpose = 'up' | 'acknowledged' | 'down' | 'batch'

function mac(key: Bytes, purpose: Purpose, session: string, number: number, rest: Bytes): Buffer {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(number))
  return createHmac('sha256', key)
    .update(`${purpose}\0`)
    .update(Buffer.from(session, 'hex'))
    .update(head)
    .update(rest)
    .digest()
    .subarray(0, macBytes)
}

/** A request as its path says it: `/<session>/<up|down>/<number>/<detail>/<mac>` after `/poll`. */
export interface PollRequest {
  readonly session: string
  readonly direction: 'up' | 'down'
  /** Up: of this batch. Down: of this request; never the same twice. */
  readonly number: number
  /** Up: SHA-256 of the body as hex. Down: the number of the last batch that has come. */
  readonly detail: string
  readonly mac: string
}

export function pollPath(request: Omit<PollRequest, 'mac'>, keys: PollKeys): string {
  const { session, direction, number, detail } = request
  return `${pollSuffix}/${session}/${direction}/${number}/${detail}/${toHex(requestMac(request, keys))}`
}

const pathForm =
  /^\/([0-9a-f]{32})\/(?:(up)\/(\d{1,15})\/([0-9a-f]{64})|(down)\/(\d{1,15})\/(\d{1,15}))\/([0-9a-f]{32})$/

/** @param rest What follows `/poll`. @returns `undefined` for what is no such path. */
export function readPollPath(rest: string): PollRequest | undefined {
  const [, session = '', up, batch = '', digest = '', , request = '', last = '', given = ''] = pathForm.exec(rest) ?? []
  if (session === '') return undefined
  if (up === undefined) return { session, direction: 'down', number: Number(request), detail: last, mac: given }
  return { session, direction: 'up', number: Number(batch), detail: digest, mac: given }
}

/** Whether the other end of this session made the request. */
export function isGenuine(request: PollRequest, keys: PollKeys): boolean {
  return equalBytes(Buffer.from(request.mac, 'hex'), requestMac(request, keys))
}

function requestMac({ session, direction, number, detail }: Omit<PollRequest, 'mac'>, keys: PollKeys): Buffer {
  return mac(keys.up, direction, session, number, encodeUtf8(detail))
}

/** The answer to a request, which belongs to it alone. */
export function sealPollAnswer(
  request: Pick<PollRequest, 'session' | 'direction' | 'number'>,
  body: Bytes,
  keys: PollKeys,
): Buffer {
  return concat(mac(keys.down, purposeOf(request.direction), request.session, request.number, body), body)
}

/** @returns `undefined` for what the relay did not answer to exactly this request. */
export function openPollAnswer(
  request: Pick<PollRequest, 'session' | 'direction' | 'number'>,
  answer: Bytes,
  keys: PollKeys,
): Buffer | undefined {
  if (answer.length < macBytes) return undefined
  const body = Buffer.from(answer.buffer, answer.byteOffset + macBytes, answer.length - macBytes)
  const expected = mac(keys.down, purposeOf(request.direction), request.session, request.number, body)
  return equalBytes(answer.subarray(0, macBytes), expected) ? body : undefined
}

const purposeOf = (direction: PollRequest['direction']): Purpose => (direction === 'up' ? 'acknowledged' : 'batch')

export interface PollBatch {
  /** Down only: of this batch; the one before when it is empty. */
  readonly sequence: number
  /** Nothing comes after it. */
  readonly isLast: boolean
  readonly frames: readonly Bytes[]
}

export function encodeBatch(batch: PollBatch): Buffer {
  return pollBatchLayout.encode(batch)
}

/** @throws HOP_BAD_FRAME */
export function decodeBatch(encoded: Bytes): PollBatch {
  try {
    return pollBatchLayout.decode(encoded)
  } catch (cause) {
    throw hopFailure('BAD_FRAME', { cause, details: { type: 'batch' } })
  }
}

/** How many of these fit into one batch: a first one always does. */
export function batchLength(frames: readonly { readonly length: number }[]): number {
  let total = 0
  for (const [index, { length }] of frames.entries()) {
    total += length + 4
    if (index >= limits.pollBatchFrames || (index > 0 && total > limits.pollBatchBytes)) return index
  }
  return frames.length
}
