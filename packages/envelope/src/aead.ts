/**
 * AES-256-GCM with 16-byte tags: ciphertext followed by tag.
 *
 * The runtime would accept shorter tags when no length is given, so the length
 * is given in both directions.
 *
 * @module
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { concat, type Bytes } from '@sallygate/base/bytes'

export const KEY_LENGTH = 32
export const NONCE_LENGTH = 12
export const TAG_LENGTH = 16

const options = { authTagLength: TAG_LENGTH }

export function sealAead(key: Bytes, nonce: Bytes, associated: Bytes, plaintext: Bytes): Buffer {
  requireNonce(nonce)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, options)
  cipher.setAAD(associated)
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

/** Throws on any mismatch. What was decrypted leaves only after the tag was right. */
export function openAead(key: Bytes, nonce: Bytes, associated: Bytes, sealed: Bytes): Buffer {
  requireNonce(nonce)
  if (sealed.length < TAG_LENGTH) throw new RangeError('shorter than a tag')
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, options)
  decipher.setAAD(associated)
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_LENGTH))
  const plaintext = decipher.update(sealed.subarray(0, sealed.length - TAG_LENGTH))
  return concat(plaintext, decipher.final())
}

/** Other lengths are hashed into a nonce by GCM, and then two nonces can collide. */
function requireNonce(nonce: Bytes): void {
  if (nonce.length !== NONCE_LENGTH) throw new RangeError('a nonce has 12 bytes')
}
