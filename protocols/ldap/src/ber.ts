/**
 * BER as LDAP uses it (RFC 4511 5.1): definite lengths, primitive strings, tags of one byte.
 *
 * A reader never leaves its bytes, never goes deeper than its bound and never hands
 * out more elements than its budget: an attribute of a million empty values fits in
 * two megabytes on the wire and in two hundred in memory.
 *
 * @module
 */
import { malformed, ldapFailure } from './failures.ts'

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
} as const

export interface BerBounds {
  readonly maxDepth: number
  readonly maxElements: number
}

/** A filter of an administrator is five deep; a group has tens of thousands of members. */
export const defaultBerBounds: BerBounds = { maxDepth: 40, maxElements: 150_000 }

interface Budget {
  elements: number
  readonly maxDepth: number
}

export class BerReader {
  readonly #bytes: Buffer
  readonly #budget: Budget
  readonly #depth: number
  #at = 0

  constructor(bytes: Uint8Array, bounds: BerBounds = defaultBerBounds, inherited?: { budget: Budget; depth: number }) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#budget = inherited?.budget ?? { elements: bounds.maxElements, maxDepth: bounds.maxDepth }
    this.#depth = inherited?.depth ?? 0
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The tag of the next element; `undefined` at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** The contents of the next element, which has to have this tag. */
  octets(tag: number = tags.octets): Buffer {
    if (--this.#budget.elements < 0) throw ldapFailure('TOO_LARGE', { details: { of: 'elements in one message' } })
    const found = this.#byte()
    if (found !== tag) throw malformed(`element ${hex(found)} in place of ${hex(tag)}`)
    const length = this.#length()
    const end = this.#at + length
    if (end > this.#bytes.length) throw malformed('an element is longer than what holds it')
    const contents = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return contents
  }

  /** A reader over the contents of the next element. */
  enter(tag: number = tags.sequence): BerReader {
    if (this.#depth + 1 > this.#budget.maxDepth) throw malformed('nested too deep')
    return new BerReader(this.octets(tag), undefined, { budget: this.#budget, depth: this.#depth + 1 })
  }

  /** Well-formed UTF-8; for names and descriptions, where a replaced character would be another name. */
  text(tag: number = tags.octets): string {
    const bytes = this.octets(tag)
    const text = bytes.toString('utf8')
    if (text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(bytes)) throw malformed('text that is not UTF-8')
    return text
  }

  integer(tag: number = tags.integer): number {
    const bytes = this.octets(tag)
    if (bytes.length === 0 || bytes.length > 4) throw malformed('an integer of no or more than four bytes')
    return bytes.readIntBE(0, bytes.length)
  }

  boolean(tag: number = tags.boolean): boolean {
    const bytes = this.octets(tag)
    if (bytes.length !== 1) throw malformed('a truth value that is not one byte')
    return bytes[0] !== 0
  }

  /** Nothing may be left over, except where RFC 4511 4 lets a later version add something. */
  end(): void {
    if (!this.isDone) throw malformed('bytes left over')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw malformed('an element is cut short')
    this.#at++
    return byte
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0) throw malformed('indefinite length')
    if (count > 4) throw malformed('a length of more than four bytes')
    let length = 0
    for (let index = 0; index < count; index++) length = length * 256 + this.#byte()
    return length
  }
}

const hex = (tag: number) => `0x${tag.toString(16).padStart(2, '0')}`

/** One element: tag, length, contents. Lengths in their shortest form. */
export function berElement(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([berHeader(tag, length), ...contents])
}

export function berHeader(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([tag, 0x80 | bytes.length, ...bytes])
}

export function berOctets(value: Uint8Array | string, tag: number = tags.octets): Buffer {
  return berElement(tag, typeof value === 'string' ? utf8(value) : value)
}

/** In two's complement and as few bytes as it takes. */
export function berInteger(value: number, tag: number = tags.integer): Buffer {
  const size = [1, 2, 3].find((count) => value >= -(2 ** (count * 8 - 1)) && value < 2 ** (count * 8 - 1)) ?? 4
  const bytes = Buffer.alloc(size)
  bytes.writeIntBE(value, 0, size)
  return berElement(tag, bytes)
}

export function berBoolean(value: boolean, tag: number = tags.boolean): Buffer {
  return berElement(tag, Buffer.from([value ? 0xff : 0]))
}

/** A lone surrogate has no UTF-8. Replacing it would ask for another value than was given. */
export function utf8(text: string): Buffer {
  if (!text.isWellFormed()) throw ldapFailure('MALFORMED', { details: { why: 'text that has no UTF-8' } })
  return Buffer.from(text, 'utf8')
}
