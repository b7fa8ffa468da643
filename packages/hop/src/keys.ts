/**
 * Signing keys as the hop writes them: one raw uncompressed P-256 point, one P1363 signature.
 *
 * Who a key belongs to is the admission list's business; certificates are never seen here.
 *
 * @module
 */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { concat, fromBase64Url, toBase64Url, type Bytes } from '@sallygate/base/bytes'

/** Signs with the private half, wherever that is kept. ECDSA P-256 with SHA-256, P1363 form, 64 bytes. */
export type Sign = (message: Bytes) => Bytes | Promise<Bytes>

/** The 65 bytes 04 ‖ x ‖ y of a P-256 key, public or private half. */
export function rawPublicKey(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  const { crv, x, y } = publicKey.export({ format: 'jwk' })
  if (crv !== 'P-256' || x === undefined || y === undefined) throw new Error('not a P-256 key')
  return concat(Uint8Array.of(4), fromBase64Url(x), fromBase64Url(y))
}

/** @returns `undefined` for bytes that are not a point on the curve. */
export function publicKeyFromRaw(raw: Bytes): KeyObject | undefined {
  if (raw.length !== 65 || raw[0] !== 4) return undefined
  const x = toBase64Url(raw.subarray(1, 33))
  const y = toBase64Url(raw.subarray(33))
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  } catch {
    return undefined
  }
}

/** A signer for a key that is in this process. */
export function signWith(privateKey: KeyObject): (message: Bytes) => Buffer {
  return (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

/** False for a bad signature and for a bad key alike. */
export function verifyRaw(publicKey: Bytes, message: Bytes, signature: Bytes): boolean {
  const key = publicKeyFromRaw(publicKey)
  if (key === undefined || signature.length !== 64) return false
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
}
