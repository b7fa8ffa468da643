/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768 as one KEM.
 *
 * Breaking it takes both. Keys are raw and typed: a public key is exactly 1,216
 * bytes, a private key comes from a seed of 32, and neither slot takes a
 * certificate, another algorithm's key or trailing bytes.
 *
 * @module
 */
import { createHash, type KeyObject } from 'node:crypto'
import { concat, encodeUtf8, randomBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { envelopeFailure } from './failures.ts'
import {
  decapsulateMlkem,
  encapsulateMlkem,
  exportMlkemPublicKey,
  importMlkemPrivateKey,
  importMlkemPublicKey,
  MLKEM_CIPHERTEXT_LENGTH,
  MLKEM_PUBLIC_LENGTH,
  MLKEM_SEED_LENGTH,
} from './ml-kem.ts'
import {
  agreeX25519,
  exportX25519PublicKey,
  importX25519PrivateKey,
  importX25519PublicKey,
  makeX25519PrivateKey,
  X25519_LENGTH,
} from './x25519.ts'

export const XWING_SEED_LENGTH = 32
export const XWING_PUBLIC_LENGTH = MLKEM_PUBLIC_LENGTH + X25519_LENGTH
export const XWING_CIPHERTEXT_LENGTH = MLKEM_CIPHERTEXT_LENGTH + X25519_LENGTH

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
  if (raw.length !== XWING_PUBLIC_LENGTH) throw envelopeFailure('KEY_INVALID', { details: { got: raw.length } })
  const own = Buffer.from(raw)
  try {
    return {
      raw: own,
      digest: toHex(sha256(own)),
      mlkem: importMlkemPublicKey(own.subarray(0, MLKEM_PUBLIC_LENGTH)),
      x25519: importX25519PublicKey(own.subarray(MLKEM_PUBLIC_LENGTH)),
    }
  } catch (cause) {
    throw envelopeFailure('KEY_INVALID', { cause })
  }
}

/** The seed is not kept; whoever made it erases it. @throws ENVELOPE_KEY_INVALID. */
export function importXWingPrivateKey(seed: Bytes): XWingPrivateKey {
  if (seed.length !== XWING_SEED_LENGTH) throw envelopeFailure('KEY_INVALID', { details: { got: seed.length } })
  const expanded = createHash('shake256', { outputLength: MLKEM_SEED_LENGTH + X25519_LENGTH })
    .update(seed)
    .digest()
  const mlkem = importMlkemPrivateKey(expanded.subarray(0, MLKEM_SEED_LENGTH))
  const x25519 = importX25519PrivateKey(expanded.subarray(MLKEM_SEED_LENGTH))
  expanded.fill(0)
  const raw = concat(exportMlkemPublicKey(mlkem), exportX25519PublicKey(x25519))
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
  const ephemeral = makeX25519PrivateKey()
  const point = exportX25519PublicKey(ephemeral)
  const { sharedKey, ciphertext } = encapsulateMlkem(recipient.mlkem)
  try {
    const agreed = agreeX25519(ephemeral, recipient.x25519)
    return { sharedSecret: combine(sharedKey, agreed, point, recipient), ciphertext: concat(ciphertext, point) }
  } catch (cause) {
    throw envelopeFailure('KEY_INVALID', { cause })
  }
}

/** Throws for a ciphertext of the wrong length or with a low-order point; any other gives a secret nobody else has. */
export function decapsulate(recipient: XWingPrivateKey, ciphertext: Bytes): Buffer {
  if (ciphertext.length !== XWING_CIPHERTEXT_LENGTH) throw new RangeError('an X-Wing ciphertext has 1,120 bytes')
  const point = ciphertext.subarray(MLKEM_CIPHERTEXT_LENGTH)
  const sharedKey = decapsulateMlkem(recipient.mlkem, ciphertext.subarray(0, MLKEM_CIPHERTEXT_LENGTH))
  const agreed = agreeX25519(recipient.x25519, importX25519PublicKey(point))
  return combine(sharedKey, agreed, point, recipient.publicKey)
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
