/**
 * Padding: zeros up to a bucket, so that the relay learns a bucket and not a length.
 *
 * A body has one padded form only. Anything else is refused, because a second
 * form would be a way to say something beside the signature.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { envelopeFailure } from './failures.ts'
import { BUCKETS } from './limits.ts'

/** @throws ENVELOPE_TOO_LARGE when no bucket is large enough. */
export function pad(body: Bytes): Buffer {
  const padded = Buffer.alloc(bucketFor(body.length))
  padded.set(body)
  return padded
}

/** True when `padded` is what `pad` makes of its first `length` bytes. */
export function isPadded(padded: Bytes, length: number): boolean {
  return padded.length === bucketFor(length) && zeros.subarray(length, padded.length).equals(padded.subarray(length))
}

const zeros = Buffer.alloc(BUCKETS.at(-1) ?? 0)

function bucketFor(length: number): number {
  const bucket = BUCKETS.find((size) => size >= length)
  if (bucket === undefined) throw envelopeFailure('TOO_LARGE', { details: { limit: BUCKETS.at(-1) ?? 0, got: length } })
  return bucket
}
