/**
 * Makes enrollment requests and replies that are wrong in exactly one way.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, encodeUtf8, randomBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import { Writer } from '@sallygate/base/layout'
import { labelBytes } from '@sallygate/trust'
import {
  enrollmentHeader,
  enrollmentProof,
  enrollmentReplyHeader,
  enrollmentReplyStatement,
  enrollmentStatement,
  type EnrollmentReplyStatement,
  type EnrollmentStatement,
} from '../enrollment-layout.ts'
import { kinds } from '../fields.ts'
import { hmacSha256 } from '../hkdf.ts'
import { sealHpke, setupSender } from '../hpke.ts'
import { pad } from '../padding.ts'
import { sealWithReplyKey } from '../reply-key.ts'
import { keyHintOf } from '../request.ts'
import { sealBody } from '../signed-body.ts'
import type { XWingPublicKey } from '../x-wing.ts'

/** What is not given is done right, and proven by the code. */
export interface EnrollmentForgery {
  readonly statement: EnrollmentStatement
  readonly to: XWingPublicKey
  readonly macKey: Bytes
  readonly header?: Partial<Parameters<typeof enrollmentHeader.encode>[0]>
  readonly label?: string
  /** Replaces body and padding. */
  readonly padded?: (body: Buffer) => Bytes
}

export function forgeEnrollment(forgery: EnrollmentForgery): Buffer {
  const { requestId } = forgery.statement
  const keyHint = keyHintOf(forgery.to)
  const right = { kind: kinds.enrollmentRequest, version: 1, suite: 1, keyHint, requestId }
  const header = enrollmentHeader.encode({ ...right, ...forgery.header })
  const signed = enrollmentStatement.encode(forgery.statement)
  const proof = new Writer()
  enrollmentProof.write(proof, hmacSha256(forgery.macKey, labelBytes(forgery.label ?? 'enrollment'), signed))
  const body = concat(signed, proof.finish())
  const { enc, context } = setupSender(forgery.to, encodeUtf8('sallygate enrollment v1'))
  return concat(header, enc, sealHpke(context, 0, header, forgery.padded?.(body) ?? pad(body)))
}

export interface EnrollmentReplyForgery {
  readonly statement: EnrollmentReplyStatement
  readonly secret: Bytes
  readonly privateKey: KeyObject
  readonly header?: Partial<Parameters<typeof enrollmentReplyHeader.encode>[0]>
}

export function forgeEnrollmentReply(forgery: EnrollmentReplyForgery): Buffer {
  const { requestId } = forgery.statement
  const salt = toHex(randomBytes(16))
  const right = { kind: kinds.enrollmentReply, version: 1, suite: 1, requestId, salt }
  const header = enrollmentReplyHeader.encode({ ...right, ...forgery.header })
  const padded = sealBody('enrollment reply', header, enrollmentReplyStatement, forgery.statement, forgery.privateKey)
  return concat(header, sealWithReplyKey(forgery.secret, salt, header, padded))
}
