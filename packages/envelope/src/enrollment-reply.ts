/**
 * The console's answer to an enrollment, under a key that came from the request
 * and signed by the identity that the descriptor names.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, randomBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import {
  ENROLLMENT_REPLY_HEADER_LENGTH,
  ENROLLMENT_REPLY_OVERHEAD,
  enrollmentReplyHeader,
  enrollmentReplyStatement,
  type Enrolled,
} from './enrollment-layout.ts'
import type { OpenedEnrollment, PendingEnrollment } from './enrollment.ts'
import { orCannotOpen } from './failures.ts'
import { kinds } from './fields.ts'
import { BUCKETS, PROTOCOL_VERSION, SUITE } from './limits.ts'
import { openWithReplyKey, sealWithReplyKey } from './reply-key.ts'
import { openBody, sealBody } from './signed-body.ts'

const cargoLengths = new Set(BUCKETS.map((bucket) => bucket + ENROLLMENT_REPLY_OVERHEAD))

export type EnrollmentAnswer =
  | { readonly kind: 'enrolled'; readonly enrolled: Enrolled }
  /** A failure code, for a person at the connector. */
  | { readonly kind: 'refused'; readonly failure: string }

/** `privateKey` is the console's identity key. */
export function sealEnrollmentReply(
  opened: OpenedEnrollment,
  answer: EnrollmentAnswer,
  privateKey: KeyObject,
  issuedAt: Date,
): Buffer {
  const { requestId } = opened.enrollment
  const salt = toHex(randomBytes(16))
  const kind = kinds.enrollmentReply
  const header = enrollmentReplyHeader.encode({ kind, version: PROTOCOL_VERSION, suite: SUITE, requestId, salt })
  const statement = {
    requestId,
    requestDigest: opened.requestDigest,
    issuedAt,
    enrolled: answer.kind === 'enrolled' ? answer.enrolled : undefined,
    failure: answer.kind === 'refused' ? answer.failure : undefined,
  }
  const padded = sealBody('enrollment reply', header, enrollmentReplyStatement, statement, privateKey)
  return concat(header, sealWithReplyKey(opened.replySecret, salt, header, padded))
}

/**
 * `consoleIdentity` is the key of the certificate in the descriptor that the request was made for.
 *
 * @throws ENVELOPE_CANNOT_OPEN.
 */
export function openEnrollmentReply(
  cargo: Bytes,
  pending: PendingEnrollment,
  consoleIdentity: KeyObject,
): EnrollmentAnswer & { readonly issuedAt: Date } {
  return orCannotOpen(() => {
    if (!cargoLengths.has(cargo.length)) throw new RangeError('length')
    const header = cargo.subarray(0, ENROLLMENT_REPLY_HEADER_LENGTH)
    const { kind, version, suite, requestId, salt } = enrollmentReplyHeader.decode(header)
    if (kind !== kinds.enrollmentReply || version !== PROTOCOL_VERSION || suite !== SUITE)
      throw new RangeError('header')
    if (requestId !== pending.requestId) throw new RangeError('request id')
    const padded = openWithReplyKey(pending.secret, salt, header, cargo.subarray(ENROLLMENT_REPLY_HEADER_LENGTH))
    const reply = openBody('enrollment reply', header, enrollmentReplyStatement, padded, () => consoleIdentity)
    if (reply.requestId !== requestId || reply.requestDigest !== pending.requestDigest) throw new RangeError('binding')
    const { enrolled, failure, issuedAt } = reply
    if (enrolled !== undefined && failure === undefined) return { kind: 'enrolled', enrolled, issuedAt }
    if (failure !== undefined && enrolled === undefined) return { kind: 'refused', failure, issuedAt }
    throw new RangeError('answer')
  })
}

/** The request an enrollment reply claims to answer. Unauthenticated. */
export function requestIdOfEnrollmentReply(cargo: Bytes): string | undefined {
  if (cargo[0] !== kinds.enrollmentReply || cargo.length < ENROLLMENT_REPLY_HEADER_LENGTH) return undefined
  return enrollmentReplyHeader.decode(cargo.subarray(0, ENROLLMENT_REPLY_HEADER_LENGTH)).requestId
}
