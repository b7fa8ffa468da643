/**
 * ML-KEM-768 (FIPS 203) with raw keys: 1,184 bytes public, a seed of 64 private.
 *
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  decapsulate as nodeDecapsulate,
  encapsulate as nodeEncapsulate,
  type KeyObject,
} from 'node:crypto'
import { concat, fromHex, type Bytes } from '@sallygate/base/bytes'

export const MLKEM_SEED_LENGTH = 64
export const MLKEM_PUBLIC_LENGTH = 1184
export const MLKEM_CIPHERTEXT_LENGTH = 1088

/** DER up to the raw key (RFC 9935; the private key as its seed). */
const spki = fromHex('308204b2300b0609608648016503040402038204a100')
const pkcs8 = fromHex('3054020100300b060960864801650304040204428040')

/** Throws for another length: bytes after the key would be ignored inside the DER. Also for a key FIPS 203 7.2 refuses. */
export function importMlkemPublicKey(raw: Bytes): KeyObject {
  if (raw.length !== MLKEM_PUBLIC_LENGTH) throw new RangeError('an ML-KEM-768 public key has 1,184 bytes')
  return createPublicKey({ key: concat(spki, raw), format: 'der', type: 'spki' })
}

export function importMlkemPrivateKey(seed: Bytes): KeyObject {
  if (seed.length !== MLKEM_SEED_LENGTH) throw new RangeError('an ML-KEM-768 seed has 64 bytes')
  const der = concat(pkcs8, seed)
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return key
}

/** The raw public key of either half. */
export function exportMlkemPublicKey(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ format: 'der', type: 'spki' }).subarray(spki.length)
}

export function encapsulateMlkem(publicKey: KeyObject): { readonly sharedKey: Buffer; readonly ciphertext: Buffer } {
  return nodeEncapsulate(publicKey)
}

/** A ciphertext that was altered gives another secret, not an error (FIPS 203 6.3). Another length is an error. */
export function decapsulateMlkem(privateKey: KeyObject, ciphertext: Bytes): Buffer {
  if (ciphertext.length !== MLKEM_CIPHERTEXT_LENGTH) throw new RangeError('an ML-KEM-768 ciphertext has 1,088 bytes')
  return nodeDecapsulate(privateKey, ciphertext)
}
