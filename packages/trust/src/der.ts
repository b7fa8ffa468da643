/**
 * DER: the one encoding of ASN.1 that we read.
 *
 * The reader accepts DER only: shortest lengths, no indefinite forms, no tags
 * above 30, nothing left over. It walks, it does not build a tree, so depth is
 * the depth of the code that calls it. What the values mean is not known here.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { trustFailure } from './failures.ts'

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Tag of `[number]`: constructed around another value, or primitive in place of one. */
export const context = (number: number, constructed = true): number => (constructed ? 0xa0 : 0x80) | number

export interface DerElement {
  readonly tag: number
  /** The contents, without tag and length. */
  readonly value: Buffer
  /** Tag, length and contents, exactly as they stood. */
  readonly whole: Buffer
}

export const malformed = (expected: string, cause?: unknown) =>
  trustFailure('MALFORMED', { details: { expected }, ...(cause === undefined ? {} : { cause }) })

export class DerReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Bytes) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The tag that comes next, or `undefined` at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** @throws TRUST_MALFORMED when something else, or nothing, comes next. */
  take(expectedTag: number): DerElement {
    if (this.nextTag !== expectedTag) throw malformed(`DER tag ${expectedTag.toString(16)}`)
    return this.takeAny()
  }

  takeIf(expectedTag: number): DerElement | undefined {
    return this.nextTag === expectedTag ? this.takeAny() : undefined
  }

  takeAny(): DerElement {
    const start = this.#at
    const found = this.#byte()
    if ((found & 0x1f) === 0x1f) throw malformed('a DER tag below 31')
    const length = this.#length()
    if (length > this.#bytes.length - this.#at) throw malformed('more DER bytes')
    const value = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return { tag: found, value, whole: this.#bytes.subarray(start, this.#at) }
  }

  /** A reader for the contents of the element that comes next. */
  into(expectedTag: number): DerReader {
    return new DerReader(this.take(expectedTag).value)
  }

  end(): void {
    if (!this.isAtEnd) throw malformed('the end of the DER value')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw malformed('more DER bytes')
    this.#at++
    return byte
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0 || count > 4) throw malformed('a definite DER length')
    let length = 0
    for (let index = 0; index < count; index++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1)) throw malformed('the shortest DER length')
    return length
  }
}

/** Reads one value that fills `bytes`, with `read` seeing its contents. */
export function readWhole<T>(bytes: Bytes, expectedTag: number, read: (from: DerReader) => T): T {
  const outer = new DerReader(bytes)
  const inner = outer.into(expectedTag)
  const value = read(inner)
  inner.end()
  outer.end()
  return value
}

export function readBoolean(value: Bytes): boolean {
  if (value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff)) throw malformed('a DER boolean')
  return value[0] === 0xff
}

/** The contents of an INTEGER, when they are in shortest form. */
export function checkInteger(value: Buffer): Buffer {
  const [first, second] = value
  if (first === undefined) throw malformed('a DER integer')
  const isPadded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (isPadded) throw malformed('the shortest DER integer')
  return value
}

/** A small INTEGER that is not negative. */
export function readSmallInteger(value: Buffer): number {
  const content = checkInteger(value)
  if (content.length > 5 || (content[0] ?? 0) >= 0x80) throw malformed('a small positive integer')
  return content.readUIntBE(0, content.length)
}

/** The contents of an OID in dotted form. */
export function readOid(value: Bytes): string {
  if (value.length > 64) throw malformed('an OID of at most 64 bytes')
  const arcs: bigint[] = []
  let arc = 0n
  let isInside = false
  for (const byte of value) {
    if (!isInside && byte === 0x80) throw malformed('the shortest OID')
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    isInside = byte >= 0x80
    if (!isInside) {
      arcs.push(arc)
      arc = 0n
    }
  }
  const first = arcs[0]
  if (isInside || first === undefined) throw malformed('an OID')
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...arcs.slice(1)].join('.')
}

/** A BIT STRING of whole bytes. */
export function readBitBytes(value: Buffer): Buffer {
  if (value[0] !== 0) throw malformed('a bit string of whole bytes')
  return value.subarray(1)
}

/** A named-bit list as the set of bits that are on. */
export function readNamedBits(value: Buffer): ReadonlySet<number> {
  const unused = value[0]
  if (unused === undefined || unused > 7 || (value.length === 1 && unused !== 0)) throw malformed('a bit string')
  const bits = new Set<number>()
  value.subarray(1).forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit++) if (((byte << bit) & 0x80) !== 0) bits.add(index * 8 + bit)
  })
  const last = (value.length - 1) * 8 - unused - 1
  // DER leaves trailing zero bits of a named list out, so the last bit that is counted is on.
  if (value.length > 1 && (!bits.has(last) || Math.max(...bits) > last)) throw malformed('a DER bit list')
  return bits
}
