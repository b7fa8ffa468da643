/**
 * Makes requests and replies that are wrong in exactly one way. For tests and
 * for our vectors; nothing that ships imports this.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, encodeUtf8, randomBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { signStatement } from '@sallygate/trust'
import { leafOf, makeBlind, treeOf } from '../batch-tree.ts'
import { kinds, sealLayout } from '../fields.ts'
import { openHpke, sealHpke, setupReceiver, setupSender, type HpkeContext } from '../hpke.ts'
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
  /** Replaces the path; the signature stays over the message alone, unless `batch` says otherwise. */
  readonly path?: readonly Bytes[]
  /** Signed together with these other leaves. */
  readonly batch?: {
    readonly others: readonly Bytes[]
    /** Changes the path after signing. */
    readonly alterPath?: (right: readonly Bytes[]) => readonly Bytes[]
    /** The label of the signature over the root. */
    readonly label?: string
  }
  /** Changes the encoded statement and signs the change. */
  readonly beforeSigning?: (right: Buffer) => Bytes
  /** Changes the encoded statement after it was signed. */
  readonly afterSigning?: (signed: Buffer) => Bytes
  readonly signature?: (right: Buffer) => Bytes
  /** Replaces body and padding. */
  readonly padded?: (body: Buffer) => Bytes
  readonly sequence?: number
  readonly info?: string
  /** A context that was used before, in place of a fresh one. */
  readonly context?: { readonly enc: Buffer; readonly context: HpkeContext }
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
  const { enc, context } =
    forgery.context ?? setupSender(forgery.to, encodeUtf8(forgery.info ?? 'sallygate request v1'))
  return concat(header, enc, sealHpke(context, forgery.sequence ?? 0, header, padded))
}

export interface ReplyForgery extends Omit<
  RequestForgery,
  'statement' | 'to' | 'header' | 'sequence' | 'info' | 'context'
> {
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
  'privateKey' | 'signedHeader' | 'path' | 'batch' | 'beforeSigning' | 'afterSigning' | 'signature' | 'padded'
>

function forgeBody(label: string, header: Bytes, encoded: Buffer, forgery: BodyForgery): Bytes {
  const signed = Buffer.from(forgery.beforeSigning?.(encoded) ?? encoded)
  const { path, signature } = signBody(label, header, signed, forgery)
  const seal = concat(
    sealLayout.encode({ path: [...(forgery.path ?? path)], signature: Buffer.alloc(64) }).subarray(0, -64),
    forgery.signature?.(signature) ?? signature,
  )
  const body = concat(forgery.afterSigning?.(signed) ?? signed, seal)
  return forgery.padded?.(body) ?? pad(body)
}

function signBody(
  label: string,
  header: Bytes,
  signed: Buffer,
  { privateKey, signedHeader = header, batch }: BodyForgery,
): { readonly path: readonly Bytes[]; readonly signature: Buffer } {
  if (batch === undefined)
    return { path: [], signature: signStatement(label, privateKey, sha256(signedHeader), signed) }
  const blind = makeBlind()
  const { root, paths } = treeOf([leafOf(blind, label, signedHeader, signed), ...batch.others])
  const path = [blind, ...(paths[0] ?? [])]
  return { path: batch.alterPath?.(path) ?? path, signature: signStatement(batch.label ?? 'batch', privateKey, root) }
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
