import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from './failure.ts'
import { bytes, fixed, flag, instant, layout, list, optional, text, u16, u32, u64, u8, word } from './layout.ts'

const sample = layout({
  kind: word({ request: 1, reply: 2 }),
  small: u8,
  medium: u16,
  large: u32,
  huge: u64,
  at: instant,
  isLast: flag,
  digest: fixed(4),
  body: bytes(64),
  name: text(40),
  items: list(u16, 5),
  maybe: optional(u8),
})

const anySample = fc.record({
  kind: fc.constantFrom('request' as const, 'reply' as const),
  small: fc.nat(0xff),
  medium: fc.nat(0xffff),
  large: fc.nat(0xffffffff),
  huge: fc.maxSafeNat(),
  at: fc.date({ min: new Date(0), max: new Date(8.64e15), noInvalidDate: true }),
  isLast: fc.boolean(),
  digest: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((value) => Buffer.from(value)),
  body: fc.uint8Array({ maxLength: 64 }).map((value) => Buffer.from(value)),
  name: fc.string({ unit: 'grapheme', maxLength: 8 }).filter((value) => Buffer.byteLength(value) <= 40),
  items: fc.array(fc.nat(0xffff), { maxLength: 5 }),
  maybe: fc.option(fc.nat(0xff), { nil: undefined }),
})

describe('a layout', () => {
  test('decodes what it encoded', () => {
    fc.assert(
      fc.property(anySample, (value) => {
        expect(sample.decode(sample.encode(value))).toEqual(value)
      }),
    )
  })

  test('has one encoding for every value: what decodes, encodes to the same bytes', () => {
    const tampered = fc.tuple(anySample, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const encoded = sample.encode(value)
      encoded[at % encoded.length] = byte
      return encoded
    })
    fc.assert(
      fc.property(tampered, (encoded) => {
        let value
        try {
          value = sample.decode(encoded)
        } catch (error) {
          expect(error).toBeInstanceOf(Failure)
          return
        }
        expect(sample.encode(value).equals(encoded)).toBe(true)
      }),
    )
  })

  test('answers any bytes with a value or a failure, never with another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        try {
          sample.decode(garbage)
        } catch (error) {
          expect(error).toBeInstanceOf(Failure)
        }
      }),
    )
  })

  test('refuses every truncation and every byte too many', () => {
    const encoded = layout({ name: text(40), body: bytes(64) }).encode({ name: 'Ada', body: Buffer.from('x') })
    const target = layout({ name: text(40), body: bytes(64) })

    for (let length = 0; length < encoded.length; length++) {
      expect(() => target.decode(encoded.subarray(0, length))).toThrow(Failure)
    }
    expect(() => target.decode(Buffer.concat([encoded, Buffer.of(0)]))).toThrow(Failure)
  })

  test('checks a length before it allocates for it', () => {
    const lie = Buffer.from('ffffffff', 'hex')

    expect(() => layout({ body: bytes(64) }).decode(lie)).toThrow(expect.objectContaining({ code: 'BASE_TOO_LARGE' }))
  })

  test.each([
    ['a flag of 2', layout({ value: flag }), '02'],
    ['an unknown word', layout({ value: word({ a: 1 }) }), '02'],
    ['text that is not UTF-8', layout({ value: text(9) }), '00000002c328'],
    ['an overlong UTF-8 form', layout({ value: text(9) }), '00000002c080'],
    ['an integer beyond what a number holds', layout({ value: u64 }), 'ffffffffffffffff'],
    ['a time no Date can hold', layout({ value: instant }), '001fffffffffffff'],
  ])('refuses %s', (_name, target, hex) => {
    expect(() => target.decode(Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ code: 'BASE_MALFORMED' }))
  })

  test('refuses to write what it would not read', () => {
    expect(() => layout({ value: u8 }).encode({ value: 256 })).toThrow(Failure)
    expect(() => layout({ value: u8 }).encode({ value: -1 })).toThrow(Failure)
    expect(() => layout({ value: u32 }).encode({ value: 1.5 })).toThrow(Failure)
    expect(() => layout({ value: u32 }).encode({ value: Number.NaN })).toThrow(Failure)
    expect(() => layout({ value: u64 }).encode({ value: 2 ** 53 })).toThrow(Failure)
    expect(() => layout({ value: text(9) }).encode({ value: '\ud800' })).toThrow(Failure)
    expect(() => layout({ value: text(2) }).encode({ value: 'abc' })).toThrow(Failure)
    expect(() => layout({ value: fixed(2) }).encode({ value: Buffer.of(1) })).toThrow(Failure)
    expect(() => layout({ value: list(u8, 1) }).encode({ value: [1, 2] })).toThrow(Failure)
  })
})
