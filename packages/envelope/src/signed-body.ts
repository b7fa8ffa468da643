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
import { BLIND_LENGTH, leafOf, rootOf } from './batch-tree.ts'
import { isPadded, pad } from './padding.ts'
import { isBatchSignedBy } from './verified-roots.ts'

export interface Signer {
  readonly keyId: KeyId
  /** ECDSA P-256. */
  readonly privateKey: KeyObject
}

/** Finds the key of a sender who may sign here and now. `undefined` for everybody else. */
export type Senders = (senderKeyId: KeyId) => KeyObject | undefined

/** What follows the signed bytes. */
export interface Seal {
  /** Empty where the signature is over this message alone; otherwise the blind of its leaf, then the way to the root. */
  readonly path: readonly Bytes[]
  readonly signature: Bytes
}

/** `what` is the label of the signature; the header is signed by its digest. */
export function signAlone(what: string, header: Bytes, signed: Bytes, privateKey: KeyObject): Seal {
  return { path: [], signature: signStatement(what, privateKey, sha256(header), signed) }
}

export function closeBody(signed: Bytes, seal: Seal): Buffer {
  return pad(concat(signed, sealLayout.encode({ path: [...seal.path], signature: seal.signature })))
}

export function sealBody<T>(
  what: string,
  header: Bytes,
  statement: Layout<T>,
  value: T,
  privateKey: KeyObject,
): Buffer {
  const signed = statement.encode(value)
  return closeBody(signed, signAlone(what, header, signed, privateKey))
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
  const seal = sealLayout.read(reader)
  if (!isPadded(padded, padded.length - reader.left)) throw new RangeError('padding')
  const key = signerOf(value)
  if (key === undefined) throw new RangeError('unknown sender')
  if (!isSealedBy(key, what, header, padded.subarray(0, signedLength), seal)) throw new RangeError('signature')
  return value
}

/** A blind alone is no path: a message by itself has one way of being signed. */
function isSealedBy(key: KeyObject, what: string, header: Bytes, signed: Bytes, { path, signature }: Seal): boolean {
  const [blind, ...others] = path
  if (blind === undefined) return verifyStatement(what, key, signature, sha256(header), signed)
  if (blind.length !== BLIND_LENGTH || others.length === 0) return false
  return isBatchSignedBy(key, rootOf(leafOf(blind, what, header, signed), others), signature)
}
