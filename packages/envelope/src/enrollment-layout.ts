/**
 * Enrollment on the wire: how an instance gets its certificate.
 *
 * @module
 */
import { bytes, fixed, instant, layout, optional, text, u8, word, type Field, type Value } from '@sallygate/base/layout'
import {
  idField,
  maxCertificateLength,
  maxCertificateRequestLength,
  type ConsoleId,
  type GroupId,
  type InstanceId,
  type RelayId,
} from '@sallygate/trust'
import { TAG_LENGTH } from './aead.ts'
import { hex } from './fields.ts'
import { XWING_CIPHERTEXT_LENGTH } from './x-wing.ts'

export const enrollmentHeaderFields = {
  kind: u8,
  version: u8,
  suite: u8,
  keyHint: fixed(8),
  requestId: hex(16),
}
export const enrollmentHeader = layout(enrollmentHeaderFields)
export const ENROLLMENT_HEADER_LENGTH = 3 + 8 + 16
export const ENROLLMENT_OVERHEAD = ENROLLMENT_HEADER_LENGTH + XWING_CIPHERTEXT_LENGTH + TAG_LENGTH

/** `code`: a MAC under the one-time code. `bootstrap`: a signature by the installer's identity. */
const method = word({ code: 1, bootstrap: 2 })

/** What the MAC or the signature covers. */
export const enrollmentFields = {
  method,
  descriptorDigest: hex(32),
  requestId: hex(16),
  codeId: optional(hex(16)),
  bootstrapCertificate: optional(bytes(maxCertificateLength)),
  certificateRequest: bytes(maxCertificateRequestLength),
  name: text(128),
  software: text(40),
}
export const enrollmentStatement = layout(enrollmentFields)
export type EnrollmentStatement = Value<typeof enrollmentStatement>

/** 32 bytes of MAC, or 64 of signature. */
export const enrollmentProof: Field<Uint8Array> = bytes(64)

export const enrollmentReplyHeaderFields = { kind: u8, version: u8, suite: u8, requestId: hex(16), salt: hex(16) }
export const enrollmentReplyHeader = layout(enrollmentReplyHeaderFields)
export const ENROLLMENT_REPLY_HEADER_LENGTH = 3 + 16 + 16
export const ENROLLMENT_REPLY_OVERHEAD = ENROLLMENT_REPLY_HEADER_LENGTH + TAG_LENGTH

/** What a connector needs from then on. Certificates are DER. */
export const enrolledFields = {
  console: idField<ConsoleId>(),
  group: idField<GroupId>(),
  groupName: text(800),
  instance: idField<InstanceId>(),
  relay: idField<RelayId>(),
  certificate: bytes(maxCertificateLength),
  groupAuthority: bytes(maxCertificateLength),
  root: bytes(maxCertificateLength),
  trustSet: bytes(64 * 1024),
  time: instant,
}
export const enrolledLayout = layout(enrolledFields)
export type Enrolled = Value<typeof enrolledLayout>

/** Exactly one of `enrolled` and `failure` is there. */
export const enrollmentReplyFields = {
  requestId: hex(16),
  requestDigest: hex(32),
  issuedAt: instant,
  enrolled: optional(enrolledLayout),
  failure: optional(text(80)),
}
export const enrollmentReplyStatement = layout(enrollmentReplyFields)
export type EnrollmentReplyStatement = Value<typeof enrollmentReplyStatement>
