import fc from 'fast-check'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { BerReader, berElement } from './ber.ts'
import { decodeFilter, encodeFilter, equal, type Filter } from './filter.ts'
import { escapeFilterValue, formatFilter, parseFilter } from './filter-text.ts'

const decode = (bytes: Uint8Array): Filter => {
  const reader = new BerReader(bytes)
  const filter = decodeFilter(reader)
  reader.end()
  return filter
}

const anyText = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text.isWellFormed())
const anyBytes = fc.uint8Array({ maxLength: 20 })
const anyAttribute = fc.constantFrom('uid', 'cn', 'mail', 'memberOf', 'objectGUID', '2.5.4.3', 'cn;lang-de')
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constantFrom('equal', 'greaterOrEqual', 'lessOrEqual', 'approximate'),
      attribute: anyAttribute,
      value: anyBytes,
    }),
    fc.record({ kind: fc.constant('present'), attribute: anyAttribute }),
    fc.record({
      kind: fc.constant('substrings'),
      attribute: anyAttribute,
      initial: fc.uint8Array({ minLength: 1, maxLength: 9 }),
      any: fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 3 }),
      final: fc.uint8Array({ minLength: 1, maxLength: 9 }),
    }),
    fc.record({
      kind: fc.constant('extensible'),
      rule: fc.constantFrom('1.2.840.113556.1.4.803', 'caseExactMatch'),
      attribute: anyAttribute,
      value: anyBytes,
      dnAttributes: fc.boolean(),
    }),
    fc.record({ kind: fc.constantFrom('and', 'or'), filters: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not'), filter: tie('filter') }),
  ) as fc.Arbitrary<Filter>,
}))

describe('one value is one value (P34)', () => {
  test('any text makes exactly one equality node and comes back as it was', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const filter = decode(encodeFilter(equal('uid', text)))

        expect(filter.kind).toBe('equal')
        expect('value' in filter && Buffer.from(filter.value).toString('utf8')).toBe(text)
      }),
      { numRuns: 10_000 },
    )
  })

  test('the escaped spelling parses to the same single node', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const filter = parseFilter(`(uid=${escapeFilterValue(text)})`)

        expect(encodeFilter(filter).equals(encodeFilter(equal('uid', text)))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('bytes from 0x80 up stay one byte each', () => {
    const guid = Buffer.from('a880ff000102030405060708090a0b0c', 'hex')

    expect(encodeFilter(equal('objectGUID', guid)).subarray(-16).equals(guid)).toBe(true)
  })
})

test('decoding undoes encoding', () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const bytes = encodeFilter(filter)

      expect(encodeFilter(decode(bytes)).equals(bytes)).toBe(true)
    }),
  )
})

test('reading undoes writing', () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      expect(encodeFilter(parseFilter(formatFilter(filter))).equals(encodeFilter(filter))).toBe(true)
    }),
  )
})

test('filters nested beyond the bound are refused, in bytes and in text', () => {
  let bytes = encodeFilter(equal('uid', 'x'))
  for (let depth = 0; depth < 10_000; depth++) bytes = berElement(0xa2, bytes)

  expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'LDAP_MALFORMED' }))
  expect(() => parseFilter('(!'.repeat(10_000))).toThrow(expect.objectContaining({ code: 'LDAP_FILTER_INVALID' }))
})

interface Expected {
  readonly cases: readonly { payload: string; filterBer: string; filterText: string }[]
}
interface Rfc4515 {
  readonly rfc: readonly { text: string; ber: string }[]
  readonly own: readonly { text: string; ber: string }[]
  readonly invalid: readonly { text: string; mayAccept: boolean }[]
}

if (vectorsDirectory() === undefined) console.log(`skipped: published LDAP filter vectors, ${vectorsAbsence}`)
describe.skipIf(vectorsDirectory() === undefined)('published vectors', () => {
  test('every injection payload gives exactly the expected bytes', () => {
    const { cases } = readVectors<Expected>('ldap/filter-injection-expected.json')

    expect(cases.length).toBe(114)
    for (const { payload, filterBer, filterText } of cases) {
      expect(encodeFilter(equal('uid', payload)).toString('hex'), payload).toBe(filterBer)
      expect(encodeFilter(parseFilter(filterText)).toString('hex'), filterText).toBe(filterBer)
    }
  })

  test('RFC 4515 filters have the bytes the RFC means, and read back', () => {
    const { rfc, own } = readVectors<Rfc4515>('ldap/rfc4515-filters.json')

    expect(rfc.length + own.length).toBe(30)
    for (const { text, ber } of [...rfc, ...own]) {
      expect(encodeFilter(parseFilter(text)).toString('hex'), text).toBe(ber)
      expect(encodeFilter(decode(Buffer.from(ber, 'hex'))).toString('hex'), text).toBe(ber)
    }
  })

  test('strings that are no filter are refused', () => {
    const { invalid } = readVectors<Rfc4515>('ldap/rfc4515-filters.json')

    for (const { text } of invalid) {
      expect(() => parseFilter(text), text).toThrow(expect.objectContaining({ code: 'LDAP_FILTER_INVALID' }))
    }
  })
})
