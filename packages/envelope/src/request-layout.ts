/**
 * The request on the wire. PROTOCOL.md shows the same tables; a test compares them.
 *
 * @module
 */
import { bytes, fixed, instant, layout, optional, text, u16, u32, u64, u8, type Value } from '@sallygate/base/layout'
import { idField, keyIdField, type GroupId } from '@sallygate/trust'
import { TAG_LENGTH } from './aead.ts'
import { component, direction, endpoint, hex, operationClass } from './fields.ts'
import { MAX_PARAMETERS } from './limits.ts'
import { XWING_CIPHERTEXT_LENGTH } from './x-wing.ts'

/** In clear, and authenticated as associated data. */
export const requestHeaderFields = {
  kind: u8,
  version: u8,
  suite: u8,
  keyHint: fixed(8),
  sequence: u64,
  requestId: hex(16),
}
export const requestHeader = layout(requestHeaderFields)
export const REQUEST_HEADER_LENGTH = 3 + 8 + 8 + 16
export const REQUEST_OVERHEAD = REQUEST_HEADER_LENGTH + XWING_CIPHERTEXT_LENGTH + TAG_LENGTH

/** What the sender signs; version and suite are in the header, which is signed by its digest. */
export const requestFields = {
  direction,
  group: idField<GroupId>(),
  actingGroup: idField<GroupId>(),
  component,
  senderKeyId: keyIdField,
  recipient: endpoint,
  recipientKeyDigest: hex(32),
  bootNonce: hex(16),
  trustSetNumber: u64,
  requestId: hex(16),
  operation: text(64),
  class: operationClass,
  tableVersion: u16,
  generation: optional(u64),
  issuedAt: instant,
  deadline: instant,
  remainingMs: u32,
  idempotencyKey: optional(hex(16)),
  parameterDigest: hex(32),
  parameters: bytes(MAX_PARAMETERS),
}
export const requestStatement = layout(requestFields)

export type RequestStatement = Value<typeof requestStatement>
