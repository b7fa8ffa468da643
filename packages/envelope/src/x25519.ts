/**
 * X25519 (RFC 7748) with raw keys of 32 bytes.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { concat, fromHex, type Bytes } from '@sallygate/base/bytes'

export const X25519_LENGTH = 32

/** DER up to the raw key (RFC 8410). */
const spki = fromHex('302a300506032b656e032100')
const pkcs8 = fromHex('302e020100300506032b656e04220420')

export function importX25519PublicKey(raw: Bytes): KeyObject {
  if (raw.length !== X25519_LENGTH) throw new RangeError('an X25519 key has 32 bytes')
  return createPublicKey({ key: concat(spki, raw), format: 'der', type: 'spki' })
}

export function importX25519PrivateKey(raw: Bytes): KeyObject {
  if (raw.length !== X25519_LENGTH) throw new RangeError('an X25519 key has 32 bytes')
  const der = concat(pkcs8, raw)
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return key
}

export function makeX25519PrivateKey(): KeyObject {
  return generateKeyPairSync('x25519').privateKey
}

/** The raw public key of either half. */
export function exportX25519PublicKey(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ format: 'der', type: 'spki' }).subarray(spki.length)
}

/** Throws for a low-order point, which would make the result the same for everybody (RFC 7748 6.1). */
export function agreeX25519(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const shared = diffieHellman({ privateKey, publicKey })
  if (shared.every((byte) => byte === 0)) throw new RangeError('low-order point')
  return shared
}
