/**
 * Unpacks what an agent sends: zlib, gzip or plain, never beyond a bound.
 *
 * The bytes say what they are; agents' content types do not always. A small upload that
 * unpacks to gigabytes ends at the bound, in the unpacking itself.
 *
 * @module
 */
import { promisify } from 'node:util'
import { gunzip, gzip, inflate, deflate } from 'node:zlib'
import { fusionFailure } from './failures.ts'

const inflateBounded = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate)
const gunzipBounded = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip)
const packZlib = promisify<Uint8Array, Buffer>(deflate)
const packGzip = promisify<Uint8Array, Buffer>(gzip)

export type Packing = 'zlib' | 'gzip' | 'none'

/** Forty times a full inventory of a busy server. */
export const maxUnpackedBytes = 16 * 1024 * 1024

export interface Unpacked {
  readonly packing: Packing
  readonly bytes: Buffer
}

/** @throws INVENTORY_AGENT_TOO_LARGE, INVENTORY_AGENT_UNREADABLE. */
export async function unpack(body: Uint8Array, maxOutputLength = maxUnpackedBytes): Promise<Unpacked> {
  const packing = packingOf(body)
  if (packing === 'none') {
    if (body.length > maxOutputLength) throw fusionFailure('TOO_LARGE', { details: { mostBytes: maxOutputLength } })
    return { packing, bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }
  }
  try {
    const bytes = await (packing === 'zlib' ? inflateBounded : gunzipBounded)(body, { maxOutputLength })
    return { packing, bytes }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw fusionFailure('TOO_LARGE', { cause, details: { mostBytes: maxOutputLength } })
    throw fusionFailure('UNREADABLE', { cause, details: { expected: `whole ${packing} data` } })
  }
}

export async function pack(bytes: Uint8Array, packing: Packing): Promise<Uint8Array> {
  if (packing === 'none') return bytes
  return (packing === 'zlib' ? packZlib : packGzip)(bytes)
}

/** RFC 1950: the method is 8 and the first two bytes are a multiple of 31. RFC 1952: 1f 8b. */
function packingOf(body: Uint8Array): Packing {
  const [first = 0, second = 0] = body
  if (first === 0x1f && second === 0x8b) return 'gzip'
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0 ? 'zlib' : 'none'
}
