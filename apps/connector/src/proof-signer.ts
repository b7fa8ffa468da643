/**
 * Signs session proofs for dial, which never sees the key.
 *
 * @module
 */
import { sign, type KeyObject } from 'node:crypto'
import type { Bytes } from '@sallygate/base/bytes'

/** Hop puts its own label in front; this signs the bytes as they are. */
export function proofSigner(privateKey: KeyObject): (message: Bytes) => Buffer {
  return (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
}
