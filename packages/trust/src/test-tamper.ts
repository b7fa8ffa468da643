/**
 * What a hostile relay does to bytes, for tests: every bit flipped, every length cut.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'

/** Every single-bit change, one at a time, when short; an even sample of about `most` when long. */
export function* tampered(bytes: Uint8Array, most = 600): Generator<Buffer> {
  const step = Math.max(1, Math.floor((bytes.length * 8) / most))
  for (let bit = 0; bit < bytes.length * 8; bit += step) {
    const copy = Buffer.from(bytes)
    const at = bit >> 3
    copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7))
    yield copy
  }
  const lengths = new Set([0, 1, 63, 64, 65, bytes.length - 65, bytes.length - 1])
  for (const length of lengths) if (length >= 0 && length < bytes.length) yield Buffer.from(bytes.subarray(0, length))
  yield Buffer.concat([bytes, Buffer.alloc(1)])
  yield Buffer.concat([Buffer.alloc(1), bytes])
}

/** The failure code of what `action` throws, `accepted` when it returns, the error itself when it is not a failure. */
export function outcomeOf(action: () => unknown): string {
  try {
    action()
    return 'accepted'
  } catch (cause) {
    return codeOf(cause)
  }
}

export async function outcomeOfAsync(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
    return 'accepted'
  } catch (cause) {
    return codeOf(cause)
  }
}

/** An error of the runtime's that comes through is a hole in a parser, so it fails the test. */
function codeOf(cause: unknown): string {
  if (cause instanceof Failure) return cause.code
  throw cause
}
