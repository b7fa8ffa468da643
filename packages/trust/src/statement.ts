/**
 * Signed statements: a record, then 64 bytes of signature over its label and bytes.
 *
 * The record is decoded from the very bytes the signature covers. Which key has
 * to have signed is often written inside, so reading comes first and nothing
 * read may be used before `checkSignature`.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, type Bytes } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import { bytes, type Field, type Layout } from '@sallygate/base/layout'
import { maxCertificateLength, parseCertificate, type Certificate } from './certificate.ts'
import { malformed } from './der.ts'
import { trustFailure } from './failures.ts'
import { signatureLength, signStatement, verifyStatement } from './signature.ts'

/** A certificate inside a record. Fails as a layout would. */
export const certificateField: Field<Certificate> = {
  write: (to, value) => bytes(maxCertificateLength).write(to, value.der),
  read: (from) => parseCertificate(bytes(maxCertificateLength).read(from)),
}

export interface StatementKind<T> {
  /** The words of the label. */
  readonly what: string
  readonly record: Layout<T>
  readonly maxLength: number
}

export interface ReadStatement<T> {
  readonly value: T
  /** @throws TRUST_BAD_SIGNATURE. */
  checkSignature(publicKey: KeyObject): void
  isSignedBy(publicKey: KeyObject): boolean
}

export function makeStatement<T>(kind: StatementKind<T>, value: T, privateKey: KeyObject): Buffer {
  const body = kind.record.encode(value)
  if (body.length + signatureLength > kind.maxLength)
    throw malformed(`a ${kind.what} of at most ${kind.maxLength} bytes`)
  return concat(body, signStatement(kind.what, privateKey, body))
}

/** @throws TRUST_MALFORMED. */
export function readStatement<T>(kind: StatementKind<T>, encoded: Bytes): ReadStatement<T> {
  if (encoded.length <= signatureLength || encoded.length > kind.maxLength) throw malformed(`a ${kind.what}`)
  const body = Buffer.from(encoded.subarray(0, encoded.length - signatureLength))
  const signature = encoded.subarray(encoded.length - signatureLength)
  const isSignedBy = (publicKey: KeyObject) => verifyStatement(kind.what, publicKey, signature, body)
  return {
    value: decode(kind, body),
    isSignedBy,
    checkSignature(publicKey) {
      if (!isSignedBy(publicKey)) throw trustFailure('BAD_SIGNATURE', { details: { of: kind.what } })
    },
  }
}

function decode<T>(kind: StatementKind<T>, body: Buffer): T {
  try {
    return kind.record.decode(body)
  } catch (cause) {
    // One way of saying malformed, wherever in the record it was.
    if (cause instanceof Failure) throw malformed(`a ${kind.what}`, cause)
    throw cause
  }
}
