/**
 * Makes requests and replies that are wrong in exactly one way. For tests and
 * for our vectors; nothing that ships imports this.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, encodeUtf8, randomBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { signStatement } from '@sallygate/trust'
import { kinds, sealLayout } from '../fields.ts'
import { openHpke, sealHpke, setupReceiver, setupSender } from '../hpke.ts'
import { pad } from '../padding.ts'
import { sealWithReplyKey } from '../reply-key.ts'
import { replyHeader, replyStatement, type ReplyStatement } from '../reply-layout.ts'
import { REQUEST_HEADER_LENGTH, requestHeader, requestStatement, type RequestStatement } from '../request-layout.ts'
import { keyHintOf } from '../request.ts'
import { XWING_CIPHERTEXT_LENGTH, type XWingPrivateKey, type XWingPublicKey } from '../x-wing.ts'

const info = encodeUtf8('sallygate request v1')

type RequestHeader = Parameters<typeof requestHeader.encode>[0]
type ReplyHeader = Parameters<typeof replyHeader.encode>[0]

/** What is done at each step; what is not given is done right. */
export interface RequestForgery {
  readonly statement: RequestStatement
  readonly to: XWingPublicKey
  readonly privateKey: KeyObject
  readonly header?: Partial<RequestHeader>
  readonly label?: string
  readonly signedHeader?: Bytes
  readonly path?: readonly Bytes[]
  /** Changes the encoded statement and signs the change. */
  readonly beforeSigning?: (right: Buffer) => Bytes
  /** Changes the encoded statement after it was signed. */
  readonly afterSigning?: (signed: Buffer) => Bytes
  readonly signature?: (right: Buffer) => Bytes
  /** Replaces body and padding. */
  readonly padded?: (body: Buffer) => Bytes
  readonly sequence?: number
  readonly info?: string
}

export function forgeRequest(forgery: RequestForgery): Buffer {
  const header = requestHeader.encode({
    kind: kinds.request,
    version: 1,
    suite: 1,
    keyHint: keyHintOf(forgery.to),
    sequence: 0,
    requestId: forgery.statement.requestId,
    ...forgery.header,
  })
  const padded = forgeBody(forgery.label ?? 'request', header, requestStatement.encode(forgery.statement), forgery)
  const { enc, context } = setupSender(forgery.to, encodeUtf8(forgery.info ?? 'sallygate request v1'))
  return concat(header, enc, sealHpke(context, forgery.sequence ?? 0, header, padded))
}

export interface ReplyForgery extends Omit<RequestForgery, 'statement' | 'to' | 'header' | 'sequence' | 'info'> {
  readonly statement: ReplyStatement
  readonly secret: Bytes
  readonly header?: Partial<ReplyHeader>
}

export function forgeReply(forgery: ReplyForgery): Buffer {
  const fields: ReplyHeader = {
    kind: kinds.replyChunk,
    version: 1,
    suite: 1,
    requestId: forgery.statement.requestId,
    salt: toHex(randomBytes(16)),
    chunk: forgery.statement.chunk,
    ...forgery.header,
  }
  const header = replyHeader.encode(fields)
  const padded = forgeBody(forgery.label ?? 'reply', header, replyStatement.encode(forgery.statement), forgery)
  return concat(header, sealWithReplyKey(forgery.secret, fields.salt, header, padded))
}

type BodyForgery = Pick<
  RequestForgery,
  'privateKey' | 'signedHeader' | 'path' | 'beforeSigning' | 'afterSigning' | 'signature' | 'padded'
>

function forgeBody(label: string, header: Bytes, encoded: Buffer, forgery: BodyForgery): Bytes {
  const signed = Buffer.from(forgery.beforeSigning?.(encoded) ?? encoded)
  const right = signStatement(label, forgery.privateKey, sha256(forgery.signedHeader ?? header), signed)
  const seal = concat(
    sealLayout.encode({ path: forgery.path ?? [], signature: Buffer.alloc(64) }).subarray(0, -64),
    forgery.signature?.(right) ?? right,
  )
  const body = concat(forgery.afterSigning?.(signed) ?? signed, seal)
  return forgery.padded?.(body) ?? pad(body)
}

/** What a recipient that turned against us can take out of a request: the padded body, signature and all. */
export function takeOut(cargo: Bytes, key: XWingPrivateKey): { readonly header: Buffer; readonly padded: Buffer } {
  const header = Buffer.from(cargo.subarray(0, REQUEST_HEADER_LENGTH))
  const sealedAt = REQUEST_HEADER_LENGTH + XWING_CIPHERTEXT_LENGTH
  const context = setupReceiver(key, cargo.subarray(REQUEST_HEADER_LENGTH, sealedAt), info)
  return { header, padded: openHpke(context, 0, header, cargo.subarray(sealedAt)) }
}

/** Seals a body that somebody else signed. */
export function sealAgain(header: Bytes, padded: Bytes, to: XWingPublicKey): Buffer {
  const { enc, context } = setupSender(to, info)
  return concat(header, enc, sealHpke(context, 0, header, padded))
}
