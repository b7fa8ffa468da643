/**
 * Requests: signed, then sealed to exactly one recipient.
 *
 * Opening ends with the signature. Whether the opened request may be carried
 * out is for the gate to say.
 *
 * @module
 */
import { concat, fromHex, randomBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import type { GroupId } from '@sallygate/trust'
import { kinds, type Component, type Direction, type EndpointId, type OperationClass } from './fields.ts'
import { orCannotOpen } from './failures.ts'
import { openHpke, sealHpke, setupReceiver, setupSender, type HpkeContext } from './hpke.ts'
import { BUCKETS, PROTOCOL_VERSION, SUITE } from './limits.ts'
import { exportReplySecret } from './reply-key.ts'
import {
  REQUEST_HEADER_LENGTH,
  REQUEST_OVERHEAD,
  requestHeader,
  requestStatement,
  type RequestStatement,
} from './request-layout.ts'
import type { BatchSigner } from './batch-signer.ts'
import { requestInfo } from './request-info.ts'
import { isSequence, type ReceiverContexts } from './receiver-contexts.ts'
import type { SenderContexts, SendingContext } from './sender-contexts.ts'
import { closeBody, openBody, signAlone, type Seal, type Senders, type Signer } from './signed-body.ts'
import { XWING_CIPHERTEXT_LENGTH, type XWingPrivateKey, type XWingPublicKey } from './x-wing.ts'

/** A console has no boot nonce: its key lives in memory only and is in every request by its digest. */
export const NO_BOOT_NONCE = '00'.repeat(16)

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

/** Signed by itself and sealed in a context of its own. @throws BASE_TOO_LARGE, BASE_MALFORMED, ENVELOPE_TOO_LARGE, ENVELOPE_KEY_INVALID. */
export function sealRequest(draft: RequestDraft, recipient: Recipient, signer: Signer): SealedRequest {
  const written = writeRequest(draft, recipient, signer, freshContext(recipient.publicKey))
  return sealWritten(written, signAlone('request', written.header, written.signed, signer.privateKey))
}

/**
 * Signed together with the other messages of this turn, and sealed in a context that
 * others to the same recipient use as well.
 *
 * @throws what `sealRequest` throws.
 */
export async function sealRequestInBatch(
  draft: RequestDraft,
  recipient: Recipient,
  signer: BatchSigner,
  contexts: SenderContexts,
): Promise<SealedRequest> {
  const written = writeRequest(draft, recipient, signer, contexts.take(recipient.publicKey))
  return sealWritten(written, await signer.seal('request', written.header, written.signed))
}

/** What is to be signed and then sealed. */
interface WrittenRequest {
  readonly draft: RequestDraft
  readonly answerer: EndpointId
  readonly requestId: string
  readonly header: Buffer
  readonly signed: Buffer
  readonly sending: SendingContext
}

function writeRequest(
  draft: RequestDraft,
  recipient: Recipient,
  signer: Signer,
  sending: SendingContext,
): WrittenRequest {
  const requestId = draft.requestId ?? toHex(randomBytes(16))
  const header = requestHeader.encode({
    kind: kinds.request,
    version: PROTOCOL_VERSION,
    suite: SUITE,
    keyHint: keyHintOf(recipient.publicKey),
    sequence: sending.sequence,
    requestId,
  })
  const signed = requestStatement.encode({
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
  })
  return { draft, answerer: recipient.endpoint, requestId, header, signed, sending }
}

function sealWritten(
  { draft, answerer, requestId, header, signed, sending }: WrittenRequest,
  seal: Seal,
): SealedRequest {
  const { enc, context, sequence } = sending
  const cargo = concat(header, enc, sealHpke(context, sequence, header, closeBody(signed, seal)))
  const digest = toHex(sha256(cargo))
  const pending: PendingReply = {
    requestId,
    requestDigest: digest,
    direction: draft.direction,
    group: draft.group,
    answerer,
    secret: exportReplySecret(context, 'reply', requestId),
  }
  return { cargo, requestId, digest, pending }
}

function freshContext(recipient: XWingPublicKey): SendingContext {
  return { ...setupSender(recipient, requestInfo), sequence: 0 }
}

/** Finds the private key a hint of eight bytes belongs to. */
export type KeyFinder = (keyHint: Bytes) => XWingPrivateKey | undefined

/** Without `contexts` every message is opened as if it were the first of its context. @throws ENVELOPE_CANNOT_OPEN, and nothing else. */
export function openRequest(
  cargo: Bytes,
  findKey: KeyFinder,
  senders: Senders,
  contexts?: ReceiverContexts,
): OpenedRequest {
  return orCannotOpen(() => {
    if (!cargoLengths.has(cargo.length)) throw new RangeError('length')
    const header = cargo.subarray(0, REQUEST_HEADER_LENGTH)
    const { kind, version, suite, keyHint, sequence, requestId } = requestHeader.decode(header)
    if (kind !== kinds.request || version !== PROTOCOL_VERSION || suite !== SUITE || !isSequence(sequence))
      throw new RangeError('header')
    const key = findKey(keyHint)
    if (key === undefined) throw new RangeError('key')
    const sealedAt = REQUEST_HEADER_LENGTH + XWING_CIPHERTEXT_LENGTH
    const enc = cargo.subarray(REQUEST_HEADER_LENGTH, sealedAt)
    const { context, keep } = contexts?.open(key, enc, requestInfo) ?? onlyFor(setupReceiver(key, enc, requestInfo))
    const padded = openHpke(context, sequence, header, cargo.subarray(sealedAt))
    const request = openBody('request', header, requestStatement, padded, ({ senderKeyId }) => senders(senderKeyId))
    if (request.requestId !== requestId) throw new RangeError('request id')
    keep(sequence, requestId)
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

function onlyFor(context: HpkeContext): ReturnType<ReceiverContexts['open']> {
  return { context, keep: () => undefined }
}

export function keyHintOf(key: XWingPublicKey): Buffer {
  return fromHex(key.digest).subarray(0, 8)
}
