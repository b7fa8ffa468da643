/**
 * The reply on the wire: a sequence of signed chunks.
 *
 * @module
 */
import { bytes, flag, instant, layout, optional, u32, u64, u8, type Value } from '@sallygate/base/layout'
import { idField, keyIdField, type GroupId } from '@sallygate/trust'
import { TAG_LENGTH } from './aead.ts'
import { direction, endpoint, hex, outcome } from './fields.ts'
import { MAX_CHUNK_PAYLOAD } from './limits.ts'

/** In clear, and authenticated as associated data. */
export const replyHeaderFields = {
  kind: u8,
  version: u8,
  suite: u8,
  requestId: hex(16),
  salt: hex(16),
  chunk: u32,
}
export const replyHeader = layout(replyHeaderFields)
export const REPLY_HEADER_LENGTH = 3 + 16 + 16 + 4
export const REPLY_OVERHEAD = REPLY_HEADER_LENGTH + TAG_LENGTH

export const replyFields = {
  direction,
  group: idField<GroupId>(),
  senderKeyId: keyIdField,
  sender: endpoint,
  requestId: hex(16),
  requestDigest: hex(32),
  chunk: u32,
  isLast: flag,
  outcome,
  journalPosition: optional(u64),
  issuedAt: instant,
  payload: bytes(MAX_CHUNK_PAYLOAD),
}
export const replyStatement = layout(replyFields)

export type ReplyStatement = Value<typeof replyStatement>
