/**
 * Requests: signed, then sealed to exactly one recipient.
 *
 * Opening ends with the signature. Whether the opened request may be carried
 * out is for the gate to say.
 *
 * @module
 */
import { concat, encodeUtf8, fromHex, randomBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import type { GroupId } from '@sallygate/trust'
import { kinds, type Component, type Direction, type EndpointId, type OperationClass } from './fields.ts'
import { orCannotOpen } from './failures.ts'
import { openHpke, sealHpke, setupReceiver, setupSender } from './hpke.ts'
import { BUCKETS, PROTOCOL_VERSION, SUITE } from './limits.ts'
import { exportReplySecret } from './reply-key.ts'
import {
  REQUEST_HEADER_LENGTH,
  REQUEST_OVERHEAD,
  requestHeader,
  requestStatement,
  type RequestStatement,
} from './request-layout.ts'
import { openBody, sealBody, type Senders, type Signer } from './signed-body.ts'
import { XWING_CIPHERTEXT_LENGTH, type XWingPrivateKey, type XWingPublicKey } from './x-wing.ts'

/** A console has no boot nonce: its key lives in memory only and is in every request by its digest. */
export const NO_BOOT_NONCE = '00'.repeat(16)

const info = encodeUtf8('sallygate request v1')
const cargoLengths = new Set(BUCKETS.map((bucket) => bucket + REQUEST_OVERHEAD))

export interface RequestDraft {
  readonly direction: Direction
  readonly group: GroupId
  /** The group on whose behalf this is: the group itself or a child. */
  readonly actingGroup: GroupId
  readonly component: Component
  readonly trustSetNumber: number
  readonly operation: string
  readonly class: OperationClass
  readonly tableVersion: number
  readonly generation?: number | undefined
  readonly issuedAt: Date
  readonly deadline: Date
  /** Default: deadline minus issued-at. Less when the request has waited. */
  readonly remainingMs?: number | undefined
  readonly idempotencyKey?: string | undefined
  readonly parameters: Bytes
  /** Default: random. */
  readonly requestId?: string | undefined
}

export interface Recipient {
  readonly endpoint: EndpointId
  readonly publicKey: XWingPublicKey
  /** From its session hello; `NO_BOOT_NONCE` for a console. */
  readonly bootNonce: string
}

/** What the sender keeps to recognize and open the reply. In memory only. */
export interface PendingReply {
  readonly requestId: string
  readonly requestDigest: string
  readonly direction: Direction
  readonly group: GroupId
  /** Who has to answer: the recipient of the request. */
  readonly answerer: EndpointId
  readonly secret: Buffer
}

export interface SealedRequest {
  readonly cargo: Buffer
  readonly requestId: string
  /** SHA-256 of the cargo, hex: what the reply is bound to, and what audit logs keep. */
  readonly digest: string
  readonly pending: PendingReply
}

export interface OpenedRequest {
  readonly request: RequestStatement
  readonly version: number
  readonly suite: number
  readonly digest: string
  /** Digest of the key that opened it; the gate compares it with the signed one. */
  readonly keyDigest: string
  readonly replySecret: Buffer
}

/** @throws BASE_TOO_LARGE, BASE_MALFORMED, ENVELOPE_TOO_LARGE, ENVELOPE_KEY_INVALID. */
export function sealRequest(draft: RequestDraft, recipient: Recipient, signer: Signer): SealedRequest {
  const requestId = draft.requestId ?? toHex(randomBytes(16))
  const header = requestHeader.encode({
    kind: kinds.request,
    version: PROTOCOL_VERSION,
    suite: SUITE,
    keyHint: keyHintOf(recipient.publicKey),
    sequence: 0,
    requestId,
  })
  const statement: RequestStatement = {
    ...draft,
    senderKeyId: signer.keyId,
    recipient: recipient.endpoint,
    recipientKeyDigest: recipient.publicKey.digest,
    bootNonce: recipient.bootNonce,
    requestId,
    generation: draft.generation,
    // Whole milliseconds: a monotonic clock counts finer, and rounding up would promise time that is not there.
    remainingMs: Math.floor(draft.remainingMs ?? draft.deadline.getTime() - draft.issuedAt.getTime()),
    idempotencyKey: draft.idempotencyKey,
    parameterDigest: toHex(sha256(draft.parameters)),
  }
  const padded = sealBody('request', header, requestStatement, statement, signer.privateKey)
  const { enc, context } = setupSender(recipient.publicKey, info)
  const cargo = concat(header, enc, sealHpke(context, 0, header, padded))
  const digest = toHex(sha256(cargo))
  const pending: PendingReply = {
    requestId,
    requestDigest: digest,
    direction: draft.direction,
    group: draft.group,
    answerer: recipient.endpoint,
    secret: exportReplySecret(context, 'reply', requestId),
  }
  return { cargo, requestId, digest, pending }
}

/** Finds the private key a hint of eight bytes belongs to. */
export type KeyFinder = (keyHint: Bytes) => XWingPrivateKey | undefined

/** @throws ENVELOPE_CANNOT_OPEN, and nothing else. */
export function openRequest(cargo: Bytes, findKey: KeyFinder, senders: Senders): OpenedRequest {
  return orCannotOpen(() => {
    if (!cargoLengths.has(cargo.length)) throw new RangeError('length')
    const header = cargo.subarray(0, REQUEST_HEADER_LENGTH)
    const { kind, version, suite, keyHint, sequence, requestId } = requestHeader.decode(header)
    if (kind !== kinds.request || version !== PROTOCOL_VERSION || suite !== SUITE || sequence !== 0)
      throw new RangeError('header')
    const key = findKey(keyHint)
    if (key === undefined) throw new RangeError('key')
    const sealedAt = REQUEST_HEADER_LENGTH + XWING_CIPHERTEXT_LENGTH
    const context = setupReceiver(key, cargo.subarray(REQUEST_HEADER_LENGTH, sealedAt), info)
    const padded = openHpke(context, sequence, header, cargo.subarray(sealedAt))
    const request = openBody('request', header, requestStatement, padded, ({ senderKeyId }) => senders(senderKeyId))
    if (request.requestId !== requestId) throw new RangeError('request id')
    return {
      request,
      version,
      suite,
      digest: toHex(sha256(cargo)),
      keyDigest: key.publicKey.digest,
      replySecret: exportReplySecret(context, 'reply', requestId),
    }
  })
}

export function keyHintOf(key: XWingPublicKey): Buffer {
  return fromHex(key.digest).subarray(0, 8)
}
