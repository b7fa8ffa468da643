import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BerReader, berBoolean, berElement, berHeader, berInteger, berOctets } from './ber.ts'

const read = (bytes: number[] | Buffer) => new BerReader(Buffer.from(bytes as Buffer))

describe('what is written is read back', () => {
  test('every integer of 32 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
        expect(read(berInteger(value)).integer()).toBe(value)
      }),
    )
  })

  test('integers take as few bytes as they can', () => {
    expect(berInteger(127).toString('hex')).toBe('02017f')
    expect(berInteger(128).toString('hex')).toBe('02020080')
    expect(berInteger(-128).toString('hex')).toBe('020180')
    expect(berInteger(2 ** 31 - 1).toString('hex')).toBe('02047fffffff')
  })

  test('strings of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (value) => {
        expect(read(berOctets(value)).octets().equals(Buffer.from(value))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('text and truth values', () => {
    expect(read(berOctets('Zoë')).text()).toBe('Zoë')
    expect(read(berBoolean(true)).boolean()).toBe(true)
    expect(berHeader(0x30, 300).toString('hex')).toBe('3082012c')
  })
})

describe('what is refused', () => {
  const refused: [string, number[], RegExp][] = [
    ['an indefinite length', [0x30, 0x80, 0, 0], /indefinite/],
    ['a length of five bytes', [0x30, 0x85, 0, 0, 0, 0, 1, 0], /more than four/],
    ['a length beyond what holds it', [0x30, 0x03, 1], /longer than/],
    ['a length that promises 2 GiB', [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0], /longer than/],
    ['no length', [0x30], /cut short/],
  ]
  test.each(refused)('%s', (_what, bytes, why) => {
    expect(() => read(bytes).octets(0x30)).toThrow(
      expect.objectContaining({ code: 'LDAP_MALFORMED', details: { why: expect.stringMatching(why) } }),
    )
  })

  test('integers of no or five bytes', () => {
    expect(() => read([2, 0]).integer()).toThrow()
    expect(() => read([2, 5, 1, 1, 1, 1, 1]).integer()).toThrow()
  })

  test('text that is not UTF-8, rather than replacing it', () => {
    expect(() => read([4, 2, 0xc3, 0x28]).text()).toThrow()
    expect(read(berOctets('\ufffd')).text()).toBe('\ufffd')
  })

  test('nesting beyond the bound, without using the stack up', () => {
    let bytes: Buffer = Buffer.alloc(0)
    for (let depth = 0; depth < 10_000; depth++) bytes = berElement(0x30, bytes)
    const dive = (reader: BerReader): void => dive(reader.enter())

    expect(() => dive(read(bytes))).toThrow(expect.objectContaining({ details: { why: 'nested too deep' } }))
  })

  test('more elements than the budget, however small each is', () => {
    const reader = new BerReader(Buffer.alloc(20_000), { maxDepth: 5, maxElements: 1000 })
    const all = () => {
      while (!reader.isDone) reader.octets(0)
    }

    expect(all).toThrow(expect.objectContaining({ code: 'LDAP_TOO_LARGE' }))
  })

  test('text that has no UTF-8 is not written', () => {
    expect(() => berOctets('\ud800')).toThrow()
  })
})
