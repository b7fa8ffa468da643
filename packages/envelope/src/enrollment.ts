/**
 * Enrollment: a stranger proves that it was invited, and gets a certificate.
 *
 * The proof is made for one descriptor, one certificate request and one name,
 * and is sealed to the console that the descriptor names. A relay or an
 * inspecting proxy that records all of it cannot use any of it. Issuing, and
 * counting uses, are the console's.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, encodeUtf8, equalBytes, randomBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { Reader, Writer } from '@sallygate/base/layout'
import { labelBytes, signStatement, verifyStatement } from '@sallygate/trust'
import {
  ENROLLMENT_HEADER_LENGTH,
  ENROLLMENT_OVERHEAD,
  enrollmentHeader,
  enrollmentProof,
  enrollmentStatement,
  type EnrollmentStatement,
} from './enrollment-layout.ts'
import { envelopeFailure, orCannotOpen } from './failures.ts'
import { kinds } from './fields.ts'
import { hmacSha256 } from './hkdf.ts'
import { openHpke, sealHpke, setupReceiver, setupSender } from './hpke.ts'
import { BUCKETS, MAX_ENROLLMENT_BUCKET, PROTOCOL_VERSION, SUITE } from './limits.ts'
import { isPadded, pad } from './padding.ts'
import { exportReplySecret } from './reply-key.ts'
import { keyHintOf, type KeyFinder } from './request.ts'
import { XWING_CIPHERTEXT_LENGTH, type XWingPublicKey } from './x-wing.ts'

const info = encodeUtf8('sallygate enrollment v1')
const requestBuckets = BUCKETS.filter((bucket) => bucket <= MAX_ENROLLMENT_BUCKET)
const requestLengths = new Set(requestBuckets.map((bucket) => bucket + ENROLLMENT_OVERHEAD))

export interface EnrollmentDraft {
  /** DER, PKCS#10. */
  readonly certificateRequest: Bytes
  readonly name: string
  readonly software: string
  /** The descriptor's bytes as they were verified. */
  readonly descriptor: Bytes
  /** The key in that descriptor. */
  readonly consoleKey: XWingPublicKey
}

/** How the stranger was invited. */
export type Invitation =
  | { readonly method: 'code'; readonly codeId: string; readonly macKey: Bytes }
  | { readonly method: 'bootstrap'; readonly certificate: Bytes; readonly privateKey: KeyObject }

export interface PendingEnrollment {
  readonly requestId: string
  readonly requestDigest: string
  readonly secret: Buffer
}

/** @throws ENVELOPE_TOO_LARGE, BASE_TOO_LARGE, ENVELOPE_KEY_INVALID. */
export function sealEnrollment(
  draft: EnrollmentDraft,
  invitation: Invitation,
): { readonly cargo: Buffer; readonly pending: PendingEnrollment } {
  const requestId = toHex(randomBytes(16))
  const keyHint = keyHintOf(draft.consoleKey)
  const kind = kinds.enrollmentRequest
  const header = enrollmentHeader.encode({ kind, version: PROTOCOL_VERSION, suite: SUITE, keyHint, requestId })
  const signed = enrollmentStatement.encode({
    method: invitation.method,
    descriptorDigest: toHex(sha256(draft.descriptor)),
    requestId,
    codeId: invitation.method === 'code' ? invitation.codeId : undefined,
    bootstrapCertificate: invitation.method === 'bootstrap' ? invitation.certificate : undefined,
    certificateRequest: draft.certificateRequest,
    name: draft.name,
    software: draft.software,
  })
  const proof = new Writer()
  enrollmentProof.write(proof, prove(invitation, signed))
  const padded = pad(concat(signed, proof.finish()))
  if (padded.length > MAX_ENROLLMENT_BUCKET)
    throw envelopeFailure('TOO_LARGE', { details: { limit: MAX_ENROLLMENT_BUCKET } })
  const { enc, context } = setupSender(draft.consoleKey, info)
  const cargo = concat(header, enc, sealHpke(context, 0, header, padded))
  const secret = exportReplySecret(context, 'enrollment reply', requestId)
  return { cargo, pending: { requestId, requestDigest: toHex(sha256(cargo)), secret } }
}

function prove(invitation: Invitation, signed: Bytes): Buffer {
  return invitation.method === 'code'
    ? hmacSha256(invitation.macKey, labelBytes('enrollment'), signed)
    : signStatement('enrollment', invitation.privateKey, signed)
}

export interface OpenedEnrollment {
  readonly enrollment: EnrollmentStatement
  readonly requestDigest: string
  readonly replySecret: Buffer
}

/** What the console knows about invitations. */
export interface Invitations {
  /** `undefined` for a code that is unknown, used or over. */
  readonly macKeyOf: (codeId: string) => Bytes | undefined
  /** Verifies the certificate too: chain, profile, days, uses. `undefined` for what does not pass. */
  readonly bootstrapKeyOf: (certificate: Bytes) => KeyObject | undefined
  /** Whether this console signed a descriptor with that digest, and it has not ended. */
  readonly isOwnDescriptor: (digest: string) => boolean
  /**
   * Remembers a proven request; false when it was here before. Asked last. Without it, a relay that
   * repeats a request would use up an installer.
   */
  readonly isNew: (requestId: string) => boolean
}

/** @throws ENVELOPE_CANNOT_OPEN for everything, a wrong proof included: a stranger learns nothing. */
export function openEnrollment(cargo: Bytes, findKey: KeyFinder, invitations: Invitations): OpenedEnrollment {
  return orCannotOpen(() => {
    if (!requestLengths.has(cargo.length)) throw new RangeError('length')
    const header = cargo.subarray(0, ENROLLMENT_HEADER_LENGTH)
    const { kind, version, suite, keyHint, requestId } = enrollmentHeader.decode(header)
    if (kind !== kinds.enrollmentRequest || version !== PROTOCOL_VERSION || suite !== SUITE)
      throw new RangeError('header')
    const key = findKey(keyHint)
    if (key === undefined) throw new RangeError('key')
    const sealedAt = ENROLLMENT_HEADER_LENGTH + XWING_CIPHERTEXT_LENGTH
    const context = setupReceiver(key, cargo.subarray(ENROLLMENT_HEADER_LENGTH, sealedAt), info)
    const enrollment = openProven(openHpke(context, 0, header, cargo.subarray(sealedAt)), invitations)
    if (enrollment.requestId !== requestId) throw new RangeError('request id')
    if (!invitations.isOwnDescriptor(enrollment.descriptorDigest)) throw new RangeError('descriptor')
    if (!invitations.isNew(requestId)) throw new RangeError('repeated')
    return {
      enrollment,
      requestDigest: toHex(sha256(cargo)),
      replySecret: exportReplySecret(context, 'enrollment reply', requestId),
    }
  })
}

function openProven(padded: Bytes, invitations: Invitations): EnrollmentStatement {
  const reader = new Reader(padded)
  const enrollment = enrollmentStatement.read(reader)
  const signed = padded.subarray(0, padded.length - reader.left)
  const proof = enrollmentProof.read(reader)
  if (!isPadded(padded, padded.length - reader.left)) throw new RangeError('padding')
  if (!isProven(enrollment, signed, proof, invitations)) throw new RangeError('proof')
  return enrollment
}

function isProven(enrollment: EnrollmentStatement, signed: Bytes, proof: Bytes, invitations: Invitations): boolean {
  const { method, codeId, bootstrapCertificate } = enrollment
  if (method === 'code') {
    if (codeId === undefined || bootstrapCertificate !== undefined) return false
    const macKey = invitations.macKeyOf(codeId)
    return macKey !== undefined && equalBytes(proof, hmacSha256(macKey, labelBytes('enrollment'), signed))
  }
  if (bootstrapCertificate === undefined || codeId !== undefined) return false
  const key = invitations.bootstrapKeyOf(bootstrapCertificate)
  return key !== undefined && verifyStatement('enrollment', key, proof, signed)
}
