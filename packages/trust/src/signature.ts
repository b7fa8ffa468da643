/**
 * Signatures: ECDSA P-256 with SHA-256, 64 bytes in IEEE P1363 form, over a label first.
 *
 * The label keeps a signature made for one kind of statement from being shown
 * as another. Which key may sign what is decided elsewhere.
 *
 * @module
 */
import { sign as nodeSign, verify as nodeVerify, type KeyObject } from 'node:crypto'
import { concat, encodeUtf8, type Bytes } from '@sallygate/base/bytes'
import { requireKey } from './key.ts'

export const signatureLength = 64

/** `what` is two or three words, such as `trust set`; the bytes are `sallygate trust set v1` and a zero byte. */
export function labelBytes(what: string): Buffer {
  return encodeUtf8(`sallygate ${what} v1\0`)
}

/** @throws TRUST_WRONG_KEY. */
export function signStatement(what: string, privateKey: KeyObject, ...parts: readonly Bytes[]): Buffer {
  const key = requireKey(privateKey, 'private')
  return nodeSign('sha256', concat(labelBytes(what), ...parts), { key, dsaEncoding: 'ieee-p1363' })
}

/** A malformed signature is a wrong signature, not an exception. @throws TRUST_WRONG_KEY. */
export function verifyStatement(
  what: string,
  publicKey: KeyObject,
  signature: Bytes,
  ...parts: readonly Bytes[]
): boolean {
  return verifyBytes(publicKey, signature, concat(labelBytes(what), ...parts))
}

/** Without a label: for vectors, and for formats that others defined. @throws TRUST_WRONG_KEY. */
export function verifyBytes(publicKey: KeyObject, signature: Bytes, message: Bytes): boolean {
  const key = requireKey(publicKey, 'public')
  if (signature.length !== signatureLength) return false
  return nodeVerify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
}
