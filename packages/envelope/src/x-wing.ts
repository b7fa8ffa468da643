/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768 as one KEM.
 *
 * Breaking it takes both. Keys are raw and typed: a public key is exactly 1,216
 * bytes, a private key comes from a seed of 32, and neither slot takes a
 * certificate, another algorithm's key or trailing bytes.
 *
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  decapsulate as nodeDecapsulate,
  diffieHellman,
  encapsulate as nodeEncapsulate,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { concat, encodeUtf8, fromHex, randomBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { envelopeFailure } from './failures.ts'

export const XWING_SEED_LENGTH = 32
export const XWING_PUBLIC_LENGTH = 1216
export const XWING_CIPHERTEXT_LENGTH = 1120

const MLKEM_PUBLIC_LENGTH = 1184
const MLKEM_CIPHERTEXT_LENGTH = 1088

// DER up to the raw key: RFC 8410 for X25519, RFC 9935 for ML-KEM (private keys as seeds).
const x25519Spki = fromHex('302a300506032b656e032100')
const x25519Pkcs8 = fromHex('302e020100300506032b656e04220420')
const mlkemSpki = fromHex('308204b2300b0609608648016503040402038204a100')
const mlkemPkcs8 = fromHex('3054020100300b060960864801650304040204428040')

/** The draft's picture of an X-Wing, six bytes. */
const combinerLabel = encodeUtf8('\\.//^\\')

export interface XWingPublicKey {
  readonly raw: Bytes
  /** SHA-256 of the raw key, hex: what requests name it by. */
  readonly digest: string
  readonly mlkem: KeyObject
  readonly x25519: KeyObject
}

export interface XWingPrivateKey {
  readonly publicKey: XWingPublicKey
  readonly mlkem: KeyObject
  readonly x25519: KeyObject
}

/** @throws ENVELOPE_KEY_INVALID. */
export function importXWingPublicKey(raw: Bytes): XWingPublicKey {
  // The length is checked first: what follows the key inside its DER prefix would be ignored otherwise.
  if (raw.length !== XWING_PUBLIC_LENGTH) throw envelopeFailure('KEY_INVALID', { details: { got: raw.length } })
  const own = Buffer.from(raw)
  try {
    return {
      raw: own,
      digest: toHex(sha256(own)),
      mlkem: spki(mlkemSpki, own.subarray(0, MLKEM_PUBLIC_LENGTH)),
      x25519: importX25519PublicKey(own.subarray(MLKEM_PUBLIC_LENGTH)),
    }
  } catch (cause) {
    throw envelopeFailure('KEY_INVALID', { cause })
  }
}

/** The seed is not kept; whoever made it erases it. */
export function importXWingPrivateKey(seed: Bytes): XWingPrivateKey {
  if (seed.length !== XWING_SEED_LENGTH) throw envelopeFailure('KEY_INVALID', { details: { got: seed.length } })
  const expanded = createHash('shake256', { outputLength: 96 }).update(seed).digest()
  const mlkem = pkcs8(mlkemPkcs8, expanded.subarray(0, 64))
  const x25519 = pkcs8(x25519Pkcs8, expanded.subarray(64))
  expanded.fill(0)
  const raw = concat(
    rawPublicKey(createPublicKey(mlkem), MLKEM_PUBLIC_LENGTH),
    rawPublicKey(createPublicKey(x25519), 32),
  )
  return { publicKey: importXWingPublicKey(raw), mlkem, x25519 }
}

/** A key whose seed nobody has any more. */
export function makeXWingPrivateKey(): XWingPrivateKey {
  const seed = randomBytes(XWING_SEED_LENGTH)
  const key = importXWingPrivateKey(seed)
  seed.fill(0)
  return key
}

/** @throws ENVELOPE_KEY_INVALID when the X25519 half is a low-order point. */
export function encapsulate(recipient: XWingPublicKey): { readonly sharedSecret: Buffer; readonly ciphertext: Buffer } {
  const ephemeral = generateKeyPairSync('x25519')
  const point = rawPublicKey(ephemeral.publicKey, 32)
  const fromMlkem = nodeEncapsulate(recipient.mlkem)
  let fromX25519: Buffer
  try {
    fromX25519 = agreeX25519(ephemeral.privateKey, recipient.x25519)
  } catch (cause) {
    throw envelopeFailure('KEY_INVALID', { cause })
  }
  const sharedSecret = combine(fromMlkem.sharedKey, fromX25519, point, recipient)
  return { sharedSecret, ciphertext: concat(fromMlkem.ciphertext, point) }
}

/** Throws for a ciphertext of the wrong length or with a low-order point; any other gives a secret nobody else has. */
export function decapsulate(recipient: XWingPrivateKey, ciphertext: Bytes): Buffer {
  if (ciphertext.length !== XWING_CIPHERTEXT_LENGTH) throw new RangeError('an X-Wing ciphertext has 1,120 bytes')
  const own = Buffer.from(ciphertext)
  const point = own.subarray(MLKEM_CIPHERTEXT_LENGTH)
  const fromMlkem = nodeDecapsulate(recipient.mlkem, own.subarray(0, MLKEM_CIPHERTEXT_LENGTH))
  const fromX25519 = agreeX25519(recipient.x25519, importX25519PublicKey(point))
  return combine(fromMlkem, fromX25519, point, recipient.publicKey)
}

export function importX25519PublicKey(raw: Bytes): KeyObject {
  if (raw.length !== 32) throw new RangeError('an X25519 public key has 32 bytes')
  return spki(x25519Spki, raw)
}

/** X25519 that refuses the all-zero result every low-order point gives (RFC 7748 6.1). */
export function agreeX25519(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const shared = diffieHellman({ privateKey, publicKey })
  if (shared.every((byte) => byte === 0)) throw new RangeError('low-order point')
  return shared
}

function combine(fromMlkem: Bytes, fromX25519: Bytes, point: Bytes, recipient: XWingPublicKey): Buffer {
  return createHash('sha3-256')
    .update(fromMlkem)
    .update(fromX25519)
    .update(point)
    .update(recipient.raw.subarray(MLKEM_PUBLIC_LENGTH))
    .update(combinerLabel)
    .digest()
}

function spki(prefix: Bytes, raw: Bytes): KeyObject {
  return createPublicKey({ key: concat(prefix, raw), format: 'der', type: 'spki' })
}

function pkcs8(prefix: Bytes, raw: Bytes): KeyObject {
  const der = concat(prefix, raw)
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return key
}

function rawPublicKey(key: KeyObject, length: number): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-length)
}
