/**
 * Signed bodies: a statement, its signature, and zeros up to a bucket.
 *
 * The statement is decoded from the very bytes that were verified, once; nobody
 * parses again.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, sha256, type Bytes } from '@sallygate/base/bytes'
import { Reader, type Layout } from '@sallygate/base/layout'
import { signStatement, verifyStatement, type KeyId } from '@sallygate/trust'
import { sealLayout } from './fields.ts'
import { isPadded, pad } from './padding.ts'

export interface Signer {
  readonly keyId: KeyId
  /** ECDSA P-256. */
  readonly privateKey: KeyObject
}

/** Finds the key of a sender who may sign here and now. `undefined` for everybody else. */
export type Senders = (senderKeyId: KeyId) => KeyObject | undefined

/** `what` is the label of the signature; the header is signed by its digest. */
export function sealBody<T>(
  what: string,
  header: Bytes,
  statement: Layout<T>,
  value: T,
  privateKey: KeyObject,
): Buffer {
  const signed = statement.encode(value)
  const signature = signStatement(what, privateKey, sha256(header), signed)
  return pad(concat(signed, sealLayout.encode({ path: [], signature })))
}

/** Throws whatever goes wrong; callers make it the one failure. */
export function openBody<T>(
  what: string,
  header: Bytes,
  statement: Layout<T>,
  padded: Bytes,
  signerOf: (value: T) => KeyObject | undefined,
): T {
  const reader = new Reader(padded)
  const value = statement.read(reader)
  const signedLength = padded.length - reader.left
  const { path, signature } = sealLayout.read(reader)
  if (!isPadded(padded, padded.length - reader.left)) throw new RangeError('padding')
  if (path.length > 0) throw new RangeError('version 1 has no paths')
  const key = signerOf(value)
  if (key === undefined) throw new RangeError('unknown sender')
  if (!verifyStatement(what, key, signature, sha256(header), padded.subarray(0, signedLength)))
    throw new RangeError('signature')
  return value
}
