/**
 * Keys: ECDSA on P-256 for everything, P-384 for the product root alone.
 *
 * A key slot takes a key and nothing else. The runtime's own importers take a
 * certificate where a public key is expected, so every way in passes here first.
 * This file stores nothing.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { concat, equalBytes, fromHex, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { trustFailure } from './failures.ts'
import type { KeyId } from './identity.ts'

export type Curve = 'P-256' | 'P-384'

const nodeCurves: Readonly<Record<Curve, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1' }

/** SubjectPublicKeyInfo of a P-256 key up to its 65-byte point (RFC 5480). */
const p256Prefix = fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200')

/** Makes a private key; `publicKeyOf` gives its other half. */
export function makePrivateKey(curve: Curve = 'P-256'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: nodeCurves[curve] }).privateKey
}

export function publicKeyOf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key
}

export function curveOf(key: KeyObject): Curve | undefined {
  if (key.asymmetricKeyType !== 'ec') return undefined
  const name = key.asymmetricKeyDetails?.namedCurve
  return (Object.keys(nodeCurves) as Curve[]).find((curve) => nodeCurves[curve] === name)
}

/** @throws TRUST_WRONG_KEY for anything but a key of that type on that curve. */
export function requireKey(key: KeyObject, type: 'public' | 'private', curve: Curve = 'P-256'): KeyObject {
  if (key.type !== type || curveOf(key) !== curve)
    throw trustFailure('WRONG_KEY', { details: { expected: `${curve} ${type} key`, got: describe(key) } })
  return key
}

function describe(key: KeyObject): string {
  return [key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? 'symmetric', key.type].join(' ')
}

/**
 * Reads a P-256 public key from SubjectPublicKeyInfo DER.
 *
 * @throws TRUST_WRONG_KEY for a certificate, another curve, a compressed point, a point off the curve.
 */
export function importPublicKey(spki: Bytes): KeyObject {
  if (spki.length !== 91 || !equalBytes(spki.subarray(0, 26), p256Prefix) || spki[26] !== 4) throw notAPoint()
  try {
    return requireKey(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }), 'public')
  } catch (cause) {
    throw notAPoint(cause)
  }
}

function notAPoint(cause?: unknown) {
  return trustFailure('WRONG_KEY', {
    details: { expected: 'P-256 public key' },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Reads the raw uncompressed point, 65 bytes, that hop and the admission list carry. */
export function importPublicPoint(point: Bytes): KeyObject {
  if (point.length !== 65) throw notAPoint()
  return importPublicKey(concat(p256Prefix, point))
}

/** @throws TRUST_WRONG_KEY for anything but a P-256 private key in PKCS#8 DER. */
export function importPrivateKey(pkcs8: Bytes): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  } catch (cause) {
    throw trustFailure('WRONG_KEY', { cause, details: { expected: 'P-256 private key' } })
  }
  return requireKey(key, 'private')
}

export function exportPrivateKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'pkcs8' })
}

/** SubjectPublicKeyInfo DER of either half. */
export function exportPublicKey(key: KeyObject): Buffer {
  return publicKeyOf(key).export({ format: 'der', type: 'spki' })
}

/** The raw uncompressed point of a P-256 key: 65 bytes. */
export function exportPublicPoint(key: KeyObject): Buffer {
  return exportPublicKey(requireKey(publicKeyOf(key), 'public')).subarray(26)
}

/** SHA-256 of the SubjectPublicKeyInfo, of either half. */
export function keyIdOf(key: KeyObject): KeyId {
  return toHex(sha256(exportPublicKey(key))) as KeyId
}
