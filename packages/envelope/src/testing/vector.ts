/**
 * Our own vectors: what stands in a file, and how a file is run.
 *
 * A vector gives a receiving end, its time, the cargos it gets and what the last
 * one must come to. Everything needed is in the file; the private keys in it are
 * made from words and good for nothing else.
 *
 * @module
 */
import { createHash, createPrivateKey, createECDH, type KeyObject } from 'node:crypto'
import { fromHex, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { importPublicPoint, keyIdOf, type GroupId, type KeyId } from '@sallygate/trust'
import { openEnrollmentReply } from '../enrollment-reply.ts'
import { openEnrollment, type PendingEnrollment } from '../enrollment.ts'
import type { Direction, EndpointId, OperationClass } from '../fields.ts'
import { authorityClock } from '../message-clock.ts'
import { ReceiverContexts } from '../receiver-contexts.ts'
import { ReplyAssembler } from '../reply-assembler.ts'
import { replyStatement } from '../reply-layout.ts'
import { RequestGate } from '../request-gate.ts'
import { requestStatement } from '../request-layout.ts'
import { keyHintOf, type KeyFinder, type PendingReply } from '../request.ts'
import { importXWingPrivateKey } from '../x-wing.ts'
import { outcomeOf } from './outcome.ts'

interface VectorBase {
  /** What is right, or the one thing that is wrong. */
  readonly says: string
  readonly must: readonly string[]
  /** `open`: up to the signature. `judge`: after it. */
  readonly stage: 'open' | 'judge'
  /** `admitted`, `complete`, `enrolled`, `refused`, or a failure code: what the last cargo comes to. */
  readonly expect: string
  /** Hex, in order of delivery. */
  readonly cargos: readonly string[]
  /** Signed part of the last cargo, hex. In vectors that are right. */
  readonly statement?: string
  /** Whose signature counts: P-256 points, hex. */
  readonly senders: readonly string[]
}

export interface RequestVector extends VectorBase {
  readonly kind: 'request'
  readonly receiver: {
    readonly xWingSeed: string
    readonly direction: Direction
    readonly group: string
    readonly endpoint: string
    readonly bootNonce: string
    readonly now: string
    readonly trustSet: { readonly number: number; readonly notAfter: string; readonly suiteFloor: number }
    readonly tableVersion: number
    readonly operations: Readonly<Record<string, OperationClass>>
  }
}

export interface ReplyVector extends VectorBase {
  readonly kind: 'reply'
  readonly pending: Omit<PendingReply, 'secret'> & { readonly secret: string }
}

export interface EnrollmentVector extends VectorBase {
  readonly kind: 'enrollment'
  readonly receiver: {
    readonly xWingSeed: string
    readonly descriptorDigest: string
    readonly codes: Readonly<Record<string, string>>
    readonly bootstrapCertificate: string
  }
}

export interface EnrollmentReplyVector extends VectorBase {
  readonly kind: 'enrollmentReply'
  readonly pending: Omit<PendingEnrollment, 'secret'> & { readonly secret: string }
}

export type Vector = RequestVector | ReplyVector | EnrollmentVector | EnrollmentReplyVector

/** A P-256 key made from words. */
export function wordsKey(words: string): KeyObject {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(createHash('sha256').update(`sallygate vectors: ${words}`).digest())
  const [x, y] = [ecdh.getPublicKey().subarray(1, 33), ecdh.getPublicKey().subarray(33)]
  const part = (bytes: Buffer) => bytes.toString('base64url')
  const key = { kty: 'EC', crv: 'P-256', x: part(x), y: part(y), d: part(ecdh.getPrivateKey()) }
  return createPrivateKey({ format: 'jwk', key })
}

/** Any number of bytes made from words. */
export function wordsBytes(words: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(`sallygate vectors: ${words}`).digest()
}

/** Delivers every cargo and says what the last one came to. */
export function runVector(vector: Vector): string {
  const take = receiverOf(vector)
  return vector.cargos.map((cargo) => outcomeOf(() => take(fromHex(cargo)))).at(-1) ?? 'nothing'
}

/** Decodes and encodes the signed part again. */
export function reencode(vector: Vector): string | undefined {
  if (vector.statement === undefined) return undefined
  const statement = fromHex(vector.statement)
  if (vector.kind === 'request') return toHex(requestStatement.encode(requestStatement.decode(statement)))
  if (vector.kind === 'reply') return toHex(replyStatement.encode(replyStatement.decode(statement)))
  return undefined
}

function receiverOf(vector: Vector): (cargo: Buffer) => string {
  const keys = new Map(
    vector.senders
      .map(fromHex)
      .map(importPublicPoint)
      .map((key) => [keyIdOf(key), key]),
  )
  const senders = (keyId: KeyId) => keys.get(keyId)
  switch (vector.kind) {
    case 'request': {
      const gate = gateOf(vector, senders)
      return (cargo) => {
        const receipt = gate.receive(cargo)
        return receipt.kind === 'admitted' ? 'admitted' : receipt.failure.code
      }
    }
    case 'reply': {
      const pending = { ...vector.pending, secret: fromHex(vector.pending.secret) }
      const assembler = new ReplyAssembler(pending, senders)
      return (cargo) => assembler.take(cargo).kind
    }
    case 'enrollment': {
      const { receiver } = vector
      const seen = new Set<string>()
      const invitations = {
        macKeyOf: (id: string) => (receiver.codes[id] === undefined ? undefined : fromHex(receiver.codes[id])),
        bootstrapKeyOf: (certificate: Uint8Array) =>
          toHex(certificate) === receiver.bootstrapCertificate ? keys.values().next().value : undefined,
        isOwnDescriptor: (digest: string) => digest === receiver.descriptorDigest,
        isNew: (requestId: string) => seen.size < seen.add(requestId).size,
      }
      return (cargo) => {
        openEnrollment(cargo, finderOf(receiver.xWingSeed), invitations)
        return 'admitted'
      }
    }
    case 'enrollmentReply': {
      const pending = { ...vector.pending, secret: fromHex(vector.pending.secret) }
      const [identity] = keys.values()
      if (identity === undefined) throw new Error('a vector names the identity key of the console')
      return (cargo) => openEnrollmentReply(cargo, pending, identity).kind
    }
  }
}

function gateOf({ receiver }: RequestVector, senders: (keyId: KeyId) => KeyObject | undefined): RequestGate {
  const now = new Date(receiver.now)
  const stopped: Pick<Clock, 'now' | 'monotonicMs'> = { now: () => now, monotonicMs: () => 0 }
  return new RequestGate({
    direction: receiver.direction,
    endpoint: receiver.endpoint as EndpointId,
    bootNonce: receiver.bootNonce,
    groupOf: () => receiver.group as GroupId,
    findKey: finderOf(receiver.xWingSeed),
    senders,
    clock: authorityClock(stopped as Clock),
    operations: {
      tableVersion: receiver.tableVersion,
      classOf: (name) => (Object.hasOwn(receiver.operations, name) ? receiver.operations[name] : undefined),
    },
    contexts: new ReceiverContexts({ clock: stopped as Clock }),
    trustSet: () => ({ ...receiver.trustSet, notAfter: new Date(receiver.trustSet.notAfter) }),
  })
}

function finderOf(seed: string): KeyFinder {
  const key = importXWingPrivateKey(fromHex(seed))
  return (hint) => (keyHintOf(key.publicKey).equals(hint) ? key : undefined)
}
