/**
 * Pages of the feed: what changed since a place, signed by the console.
 *
 * A page states the epoch of the feed, the place it begins after and the nonce of
 * whoever asked: nothing can be left out, moved, or shown a second time. Keys and
 * signing are handed in; here is what is said and how it is checked.
 *
 * @module
 */
import { encodeUtf8, fromBase64Url, toBase64Url, type Bytes } from '@sallygate/base/bytes'
import { decodeJson, encodeJson } from '@sallygate/base/json'
import { nacFailure } from './failures.ts'
import { nacIdOf, nacKinds, nacShapes, type NacEntry, type NacKind, type NacRecord } from './records.ts'
import { instant, list, requireShape, string, whole, type Shape } from './shape.ts'

/** Raised whenever a record may say something it could not before. */
export const nacFeedFormat = 2

/** The words a page is signed under. */
export const nacFeedLabel = 'nac feed'

/** More than the largest page: 1000 records of 16 KiB. */
export const maxNacPageBytes = 20 * 1024 * 1024

export interface NacPage {
  readonly format: number
  /** Which history the numbers are of. Another one: everything has to be read anew. */
  readonly epoch: string
  readonly nonce: string
  /** The page holds what has a number greater than this, … */
  readonly after: number
  /** … up to and with this one: ask for what comes after it next. */
  readonly through: number
  /** The newest number there is. */
  readonly head: number
  readonly issuedAtMs: number
  readonly records: readonly NacEntry[]
}

export interface SignedNacPage {
  readonly page: string
  /** base64url. */
  readonly signature: string
}

export interface NacFeedExpectation {
  readonly epoch: string | undefined
  readonly after: number
  readonly nonce: string
}

const count = whole(0, Number.MAX_SAFE_INTEGER)
const anything = () => undefined

const pageShape: Shape = {
  required: {
    format: whole(1, 1000),
    epoch: string(64, /^[0-9a-f]{16,64}$/),
    nonce: string(64, /^[0-9A-Za-z_-]{16,64}$/),
    after: count,
    through: count,
    head: count,
    issuedAtMs: instant,
    records: list(anything, 1000),
  },
  optional: {},
}

const entryShape: Shape = {
  required: { number: count, kind: string(20), id: string(64) },
  optional: { value: anything },
}

export function signNacPage(page: NacPage, sign: (bytes: Bytes) => Bytes): SignedNacPage {
  const bytes = encodeJson(page)
  return { page: bytes.toString('utf8'), signature: toBase64Url(sign(bytes)) }
}

/**
 * Reads a page after its signature has been checked, and only if it is the answer to what was asked.
 *
 * @throws NAC_FEED_FORGED, NAC_FEED_OUT_OF_ORDER, NAC_FEED_TOO_NEW, BASE_MALFORMED, BASE_TOO_LARGE. An epoch other than
 *   the expected one is returned as it is: its page begins at 0.
 */
export function verifyNacPage(
  signed: SignedNacPage,
  isSigned: (bytes: Bytes, signature: Bytes) => boolean,
  expected: NacFeedExpectation,
): NacPage {
  const bytes = encodeUtf8(signed.page)
  if (!isSigned(bytes, fromBase64Url(signed.signature))) throw nacFailure('FEED_FORGED')
  const page = decodeJson(bytes, { maxBytes: maxNacPageBytes })
  requireShape(page, pageShape)
  const read = page as unknown as NacPage
  if (read.format > nacFeedFormat) throw nacFailure('FEED_TOO_NEW', { details: { format: read.format } })
  checkPlace(read, expected)
  for (const entry of read.records) requireEntry(entry)
  return read
}

function checkPlace(page: NacPage, expected: NacFeedExpectation): void {
  const outOfOrder = (because: string) => nacFailure('FEED_OUT_OF_ORDER', { details: { because } })
  if (page.nonce !== expected.nonce) throw outOfOrder('nonce')
  const after = page.epoch === expected.epoch ? expected.after : 0
  if (page.after !== after) throw outOfOrder('after')
  if (page.through < page.after || page.head < page.through) throw outOfOrder('through')
  let previous = page.after
  for (const { number } of page.records) {
    if (number <= previous || number > page.through) throw outOfOrder('number')
    previous = number
  }
}

/** @throws BASE_MALFORMED, also for a record whose id is not its value's. */
export function requireEntry(entry: unknown): asserts entry is NacEntry {
  requireShape(entry, entryShape)
  requireRecord(entry as NacRecord)
}

/** @throws BASE_MALFORMED. */
export function requireRecord(record: NacRecord): void {
  requireShape({ kind: record.kind }, { required: { kind: string(20) }, optional: {} })
  const kind: NacKind | undefined = nacKinds.find((known) => known === record.kind)
  if (kind === undefined) throw nacFailure('RECORD_UNKNOWN')
  if (record.value === undefined) return
  requireShape(record.value, nacShapes[kind])
  if (nacIdOf(kind, record.value) !== record.id) throw nacFailure('RECORD_UNKNOWN')
}
