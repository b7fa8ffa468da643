/**
 * HKDF-SHA256 (RFC 5869), its two halves apart: HPKE labels each on its own.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import { concat, type Bytes } from '@sallygate/base/bytes'

const HASH_LENGTH = 32

export function hmacSha256(key: Bytes, ...parts: readonly Bytes[]): Buffer {
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

export function hkdfExtract(salt: Bytes, inputKey: Bytes): Buffer {
  return hmacSha256(salt, inputKey)
}

export function hkdfExpand(key: Bytes, info: Bytes, length: number): Buffer {
  if (length > 255 * HASH_LENGTH) throw new RangeError('HKDF-SHA256 gives at most 8,160 bytes')
  const blocks: Buffer[] = []
  let block: Buffer = Buffer.alloc(0)
  for (let at = 1; blocks.length * HASH_LENGTH < length; at++) {
    block = hmacSha256(key, block, info, Uint8Array.of(at))
    blocks.push(block)
  }
  return concat(...blocks).subarray(0, length)
}
