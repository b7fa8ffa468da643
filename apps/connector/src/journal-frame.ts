/**
 * Journal frames: how the journal lies on the disk.
 *
 * One frame per group commit, with its length and a checksum, so that a torn write is
 * always the last frame and never half of an acknowledged one. The first frame is a
 * snapshot; what comes after it are batches.
 *
 * @module
 */
import { crc32 } from 'node:zlib'
import { bytes, fixed, layout, list, text, u32, u64, word, type Value } from '@sallygate/base/layout'
import { connectorFailure } from './failures.ts'

/** Enough for the certificate chain that an N operation yields; a larger result is not kept. */
export const maxKeptResult = 32 * 1024

export const outcomes = { done: 1, failed: 2 } as const

export const recordLayout = layout({
  kind: word({ intent: 1, done: 2, begun: 3, applied: 4 }),
  /** Class N: the idempotency key. Zeros for class S. */
  key: fixed(16),
  parameterDigest: fixed(32),
  outcome: word({ none: 0, ...outcomes }),
  /** Sealed by whoever writes it; the journal does not look inside. */
  result: bytes(maxKeptResult + 1024),
  /** Class S: what has generations, `instance.configure/directory`. Empty for class N. */
  object: text(200),
  generation: u64,
})

export type JournalRecord = Value<typeof recordLayout>

const frameLayout = layout({
  kind: word({ snapshot: 1, batch: 2 }),
  /** Of the last record before this frame: positions only rise, also over compaction. */
  position: u64,
  records: list(recordLayout, 65_535),
})

export type JournalFrame = Value<typeof frameLayout>

/** `SGJ1`: tells a journal from any other file, and a frame from what a torn write left. */
const magic = 0x53_47_4a_31
const headLayout = layout({ magic: u32, length: u32, checksum: u32 })
const headLength = 12

export function encodeFrame(frame: JournalFrame): Buffer {
  const body = frameLayout.encode(frame)
  return Buffer.concat([headLayout.encode({ magic, length: body.length, checksum: crc32(body) }), body])
}

export interface ReadFrames {
  readonly frames: readonly JournalFrame[]
  /** Where the last whole frame ends. What is after it is a torn write that nobody was told about. */
  readonly end: number
}

/**
 * Reads every frame up to a torn tail.
 *
 * @throws CONNECTOR_JOURNAL_DAMAGED when it does not begin with a snapshot, or when a whole
 * frame follows a broken one: then something that had been acknowledged is lost.
 */
export function decodeFrames(content: Buffer): ReadFrames {
  const frames: JournalFrame[] = []
  let at = 0
  for (let next = frameAt(content, at); next !== undefined; next = frameAt(content, at)) {
    frames.push(next.frame)
    at = next.end
  }
  if (frames[0]?.kind !== 'snapshot') throw connectorFailure('JOURNAL_DAMAGED', { details: { at: 0 } })
  for (let later = at + 1; later <= content.length - headLength; later++) {
    if (frameAt(content, later) !== undefined) throw connectorFailure('JOURNAL_DAMAGED', { details: { at } })
  }
  return { frames, end: at }
}

function frameAt(content: Buffer, at: number): { readonly frame: JournalFrame; readonly end: number } | undefined {
  if (at + headLength > content.length || content.readUInt32BE(at) !== magic) return undefined
  const head = headLayout.decode(content.subarray(at, at + headLength))
  const end = at + headLength + head.length
  if (end > content.length) return undefined
  const body = content.subarray(at + headLength, end)
  return crc32(body) === head.checksum ? { frame: frameLayout.decode(body), end } : undefined
}
