/**
 * Bytes: the few conversions everything else is built on.
 *
 * Decoders here are strict: what they accept has exactly one encoding. Nothing
 * in this file knows what the bytes mean.
 *
 * @module
 */
import { hash, randomBytes as nodeRandomBytes, timingSafeEqual } from 'node:crypto'
import { baseFailure } from './failures.ts'

export type Bytes = Uint8Array

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function concat(...parts: readonly Bytes[]): Buffer {
  return Buffer.concat(parts)
}

/** Compares in time that depends on the lengths only. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

export function randomBytes(length: number): Buffer {
  return nodeRandomBytes(length)
}

export function sha256(...parts: readonly Bytes[]): Buffer {
  // In one call: half the price of a hash object for the short messages this is used on.
  const [only = Buffer.alloc(0), ...more] = parts
  return hash('sha256', more.length === 0 ? only : Buffer.concat(parts), 'buffer')
}

export function toHex(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** @throws BASE_MALFORMED when the text is not lower-case hex of even length. */
export function fromHex(text: string): Buffer {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw baseFailure('MALFORMED', { details: { expected: 'lower-case hex' } })
  return Buffer.from(text, 'hex')
}

export function toBase64Url(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/** @throws BASE_MALFORMED for anything but the one unpadded spelling of these bytes. */
export function fromBase64Url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  // Node skips what it does not know; a spelling that does not come back is not the one we would write.
  if (toBase64Url(bytes) !== text)
    throw baseFailure('MALFORMED', { details: { expected: 'base64url without padding' } })
  return bytes
}

export function encodeUtf8(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}

/** @throws BASE_MALFORMED for bytes that are not well-formed UTF-8; never replaces anything. */
export function decodeUtf8(bytes: Bytes): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw baseFailure('MALFORMED', { cause, details: { expected: 'UTF-8' } })
  }
}
