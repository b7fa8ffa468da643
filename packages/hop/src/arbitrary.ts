/**
 * Any frame: random values for every field, made from the frame table itself.
 *
 * For tests only. A new frame or field is covered the moment it is in the table.
 *
 * @module
 */
import fc from 'fast-check'
import { frameTable, type Frame, type FrameName } from './frames.ts'
import type { Kind, Kinds } from './kinds.ts'

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((part) => Buffer.from(part).toString('hex'))
const bytes = (min: number, max: number) =>
  fc.uint8Array({ minLength: min, maxLength: Math.min(max, 300) }).map((part) => Buffer.from(part))

/** Fields that are raw bytes in the program; other fixed fields are hex. */
const rawFields: ReadonlySet<string> = new Set(['nonce', 'publicKey', 'signature'])

function anyValue(name: string, field: Kind<unknown>): fc.Arbitrary<unknown> {
  if ('fields' in field) return anyRecord(field.fields as Kinds)
  if ('words' in field) return fc.constantFrom(...Object.keys(field.words as object))
  const [, kind = '', argument = ''] = /^(\w+)(?:\((.*)\))?$/.exec(field.kind) ?? []
  const length = Number.parseInt(argument, 10)
  switch (kind) {
    case 'u8':
      return fc.integer({ min: 0, max: 255 })
    case 'u16':
      return fc.integer({ min: 0, max: 65_535 })
    case 'u32':
      return fc.integer({ min: 0, max: 0xffff_ffff })
    case 'u64':
      return fc.maxSafeNat()
    case 'instant':
      return fc.date({ min: new Date(0), max: new Date(8.64e15), noInvalidDate: true })
    case 'flag':
      return fc.boolean()
    case 'fixed':
      return rawFields.has(name) ? bytes(length, length) : hex(length)
    case 'bytes':
      return bytes(0, length)
    case 'text':
      return fc.string({ maxLength: Math.floor(length / 4), unit: 'grapheme-ascii' })
    case 'list':
      return fc.array(anyRecord(frameTable.rosterChange.fields.entry.fields), { maxLength: 5 })
    default:
      throw new Error(`no arbitrary for ${field.kind}`)
  }
}

function anyRecord(fields: Kinds): fc.Arbitrary<object> {
  return fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, anyValue(name, field)])))
}

export function anyFrameNamed(name: FrameName): fc.Arbitrary<Frame> {
  return anyRecord(frameTable[name].fields).map((fields) => ({ type: name, ...fields }) as Frame)
}

export const frameNames = Object.keys(frameTable) as readonly FrameName[]
export const anyFrame = fc.oneof(...frameNames.map(anyFrameNamed))

/** Whoever may send it. */
export function senderOf(name: FrameName): 'peer' | 'relay' {
  return frameTable[name].from === 'peer' ? 'peer' : 'relay'
}
