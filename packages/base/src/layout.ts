/**
 * Layouts: binary records described once, read and written from that one description.
 *
 * A hand-written encoder and decoder drift apart; here there is only the table.
 * Every value has exactly one encoding, so bytes that were signed can be compared
 * as bytes. Integers are big-endian. Nothing is believed before its bound is checked.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, type Bytes } from './bytes.ts'
import { baseFailure } from './failures.ts'

/** Collects what a layout writes. */
export class Writer {
  readonly #parts: Uint8Array[] = []
  push(part: Uint8Array): void {
    this.#parts.push(part)
  }
  uint(value: number | bigint, size: 1 | 2 | 4 | 8): void {
    const max = 2n ** BigInt(size * 8)
    if (typeof value === 'number' && !Number.isInteger(value)) {
      throw baseFailure('MALFORMED', { details: { expected: 'an integer' } })
    }
    const number = BigInt(value)
    if (number < 0n || number >= max)
      throw baseFailure('MALFORMED', { details: { expected: `unsigned ${size * 8} bit` } })
    const part = Buffer.alloc(8)
    part.writeBigUInt64BE(number)
    this.#parts.push(part.subarray(8 - size))
  }
  finish(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Walks over bytes; refuses to leave them. */
export class Reader {
  readonly #bytes: Buffer
  #at = 0
  constructor(encoded: Bytes) {
    this.#bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  }
  get left(): number {
    return this.#bytes.length - this.#at
  }
  take(length: number): Buffer {
    if (length > this.left) throw baseFailure('MALFORMED', { details: { expected: 'more bytes' } })
    const part = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return part
  }
  uint(size: 1 | 2 | 4): number {
    return this.take(size).readUIntBE(0, size)
  }
  bigUint(): bigint {
    return this.take(8).readBigUInt64BE()
  }
}

export interface Field<T> {
  write(to: Writer, value: T): void
  read(from: Reader): T
}

export type Value<F> = F extends Field<infer T> ? T : never

const uint = (size: 1 | 2 | 4): Field<number> => ({
  write: (to, value) => to.uint(value, size),
  read: (from) => from.uint(size),
})

export const u8 = uint(1)
export const u16 = uint(2)
export const u32 = uint(4)

/** 64 bits on the wire, a safe integer in the program: larger values are refused both ways. */
export const u64: Field<number> = {
  write(to, value) {
    if (!Number.isSafeInteger(value)) throw baseFailure('MALFORMED', { details: { expected: 'safe integer' } })
    to.uint(value, 8)
  },
  read(from) {
    const value = from.bigUint()
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw baseFailure('MALFORMED', { details: { expected: 'safe integer' } })
    return Number(value)
  },
}

/** A point in time: milliseconds since 1970, UTC. */
export const instant: Field<Date> = {
  write: (to, value) => u64.write(to, value.getTime()),
  read(from) {
    const time = u64.read(from)
    // The largest time a Date can hold (ECMA-262 21.4.1.1); beyond it a Date is invalid and compares false with everything.
    if (time > 8.64e15) throw baseFailure('MALFORMED', { details: { expected: 'time' } })
    return new Date(time)
  },
}

export const flag: Field<boolean> = {
  write: (to, value) => to.uint(value ? 1 : 0, 1),
  read(from) {
    const value = from.uint(1)
    if (value > 1) throw baseFailure('MALFORMED', { details: { expected: '0 or 1' } })
    return value === 1
  },
}

/** Exactly `length` bytes. */
export function fixed(length: number): Field<Bytes> {
  return {
    write(to, value) {
      if (value.length !== length) throw baseFailure('MALFORMED', { details: { expected: `${length} bytes` } })
      to.push(value)
    },
    read: (from) => from.take(length),
  }
}

/** Length as u32, then the bytes. */
export function bytes(max: number): Field<Bytes> {
  return {
    write(to, value) {
      if (value.length > max) throw baseFailure('TOO_LARGE', { details: { limit: max, got: value.length } })
      to.uint(value.length, 4)
      to.push(value)
    },
    read(from) {
      const length = from.uint(4)
      if (length > max) throw baseFailure('TOO_LARGE', { details: { limit: max, got: length } })
      return from.take(length)
    },
  }
}

/** UTF-8, at most `max` bytes. A lone surrogate has no UTF-8 and is refused rather than replaced. */
export function text(max: number): Field<string> {
  const inner = bytes(max)
  return {
    write(to, value) {
      if (!value.isWellFormed()) throw baseFailure('MALFORMED', { details: { expected: 'well-formed text' } })
      inner.write(to, encodeUtf8(value))
    },
    read: (from) => decodeUtf8(inner.read(from)),
  }
}

/** Count as u16, then the items. */
export function list<T>(item: Field<T>, max: number): Field<readonly T[]> {
  return {
    write(to, values) {
      if (values.length > max) throw baseFailure('TOO_LARGE', { details: { limit: max, got: values.length } })
      to.uint(values.length, 2)
      for (const value of values) item.write(to, value)
    },
    read(from) {
      const count = from.uint(2)
      if (count > max) throw baseFailure('TOO_LARGE', { details: { limit: max, got: count } })
      return Array.from({ length: count }, () => item.read(from))
    },
  }
}

export function optional<T>(inner: Field<T>): Field<T | undefined> {
  return {
    write(to, value) {
      flag.write(to, value !== undefined)
      if (value !== undefined) inner.write(to, value)
    },
    read: (from) => (flag.read(from) ? inner.read(from) : undefined),
  }
}

/** One byte that stands for one of a closed list of words. An unknown byte is refused. */
export function word<const Words extends Readonly<Record<string, number>>>(words: Words): Field<keyof Words & string> {
  const byCode = new Map(Object.entries(words).map(([name, code]) => [code, name]))
  if (byCode.size !== Object.keys(words).length) throw new Error('two words share a code')
  return {
    write(to, value) {
      const code = words[value]
      if (code === undefined) throw baseFailure('MALFORMED', { details: { expected: Object.keys(words).join(' or ') } })
      to.uint(code, 1)
    },
    read(from) {
      const name = byCode.get(from.uint(1))
      if (name === undefined) throw baseFailure('MALFORMED', { details: { expected: Object.keys(words).join(' or ') } })
      return name
    },
  }
}

export interface Layout<T> extends Field<T> {
  encode(value: T): Buffer
  /** @throws BASE_MALFORMED, BASE_TOO_LARGE. Bytes left over are malformed too. */
  decode(encoded: Bytes): T
}

/** Fields one after the other, in the order they are written down here. */
export function layout<const Fields extends Readonly<Record<string, Field<unknown>>>>(
  fields: Fields,
): Layout<{ readonly [K in keyof Fields]: Value<Fields[K]> }> {
  type Record_ = { readonly [K in keyof Fields]: Value<Fields[K]> }
  const entries = Object.entries(fields) as unknown as [keyof Fields & string, Field<unknown>][]
  const write = (to: Writer, value: Record_) => {
    for (const [name, field] of entries) field.write(to, value[name])
  }
  const read = (from: Reader): Record_ => {
    const value: Partial<Record<string, unknown>> = {}
    for (const [name, field] of entries) value[name] = field.read(from)
    return value as Record_
  }
  return {
    write,
    read,
    encode(value) {
      const to = new Writer()
      write(to, value)
      return to.finish()
    },
    decode(encoded) {
      const from = new Reader(encoded)
      const value = read(from)
      if (from.left > 0) throw baseFailure('MALFORMED', { details: { expected: 'end of data' } })
      return value
    },
  }
}
