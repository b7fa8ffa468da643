/**
 * Writing DER: the few values that no library writes for us.
 *
 * @module
 */
import { concat, type Bytes } from '@sallygate/base/bytes'
import { tag } from './der.ts'

export function writeDer(tagByte: number, ...contents: readonly Bytes[]): Buffer {
  const value = concat(...contents)
  if (value.length < 0x80) return concat(Uint8Array.of(tagByte, value.length), value)
  const length: number[] = []
  for (let left = value.length; left > 0; left = Math.floor(left / 256)) length.unshift(left & 0xff)
  return concat(Uint8Array.of(tagByte, 0x80 | length.length, ...length), value)
}

export function writeInteger(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; left > 0; left = Math.floor(left / 256)) bytes.unshift(left & 0xff)
  return writeDer(tag.integer, Uint8Array.from((bytes[0] ?? 0x80) >= 0x80 ? [0, ...bytes] : bytes))
}

export function writeOid(dotted: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  const bytes: number[] = []
  for (const arc of [first * 40n + second, ...rest]) {
    const septets = [Number(arc & 0x7fn)]
    for (let left = arc >> 7n; left > 0n; left >>= 7n) septets.unshift(Number(left & 0x7fn) | 0x80)
    bytes.push(...septets)
  }
  return writeDer(tag.oid, Uint8Array.from(bytes))
}
