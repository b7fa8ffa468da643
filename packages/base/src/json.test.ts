import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from './failure.ts'
import { decodeJson, encodeJson } from './json.ts'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit'

const bounds = { maxBytes: 1_000_000 }
const decodeText = (text: string) => decodeJson(Buffer.from(text), bounds)

describe('strict JSON', () => {
  test('reads back what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value))
        // Three names are refused wherever they stand as a key; the generator likes them.
        fc.pre(!/"(?:__proto__|constructor|prototype)":/u.test(JSON.stringify(value)))
        expect(decodeJson(encodeJson(value), bounds)).toEqual(expected)
      }),
    )
  })

  test.each([
    ['a duplicate key', '{"a":1,"a":2}'],
    ['a prototype', '{"__proto__":{"admin":true}}'],
    ['a nested prototype', '{"a":{"constructor":1}}'],
    ['white space', '{ "a":1}'],
    ['another spelling of a number', '{"a":1.0}'],
    ['a number that cannot be held', '{"a":12345678901234567890}'],
    ['an escape that is not needed', '"\\u0061"'],
    ['something behind the value', '1 2'],
    ['nothing', ''],
  ])('refuses %s', (_name, text) => {
    expect(() => decodeText(text)).toThrow(expect.objectContaining({ code: 'BASE_MALFORMED' }))
  })

  test('refuses depth before it recurses, and brackets in strings do not count', () => {
    expect(() => decodeText('['.repeat(100_000))).toThrow(expect.objectContaining({ code: 'BASE_TOO_LARGE' }))
    expect(decodeText(`["${'['.repeat(100)}"]`)).toEqual(['['.repeat(100)])
  })

  test('refuses more bytes than its bound', () => {
    expect(() => decodeJson(Buffer.alloc(11), { maxBytes: 10 })).toThrow(
      expect.objectContaining({ code: 'BASE_TOO_LARGE' }),
    )
  })

  if (vectorsDirectory() === undefined) console.log(`skipped: JSON vectors: ${vectorsAbsence}`)
  test.skipIf(vectorsDirectory() === undefined)('accepts nothing that JSONTestSuite says must be refused', () => {
    interface Case {
      readonly name: string
      readonly expect: string
      readonly base64?: string
      readonly repeat?: { readonly base64: string; readonly count: number }
    }
    const cases = readVectors<{ readonly parsing: readonly Case[] }>('json/jsontestsuite.json').parsing
    const accepted = cases
      .filter((one) => one.expect === 'reject' && one.base64 !== undefined)
      .filter((one) => {
        try {
          decodeJson(Buffer.from(one.base64 ?? '', 'base64'), bounds)
          return true
        } catch (error) {
          if (!(error instanceof Failure)) throw error
          return false
        }
      })

    expect(cases.length).toBeGreaterThan(300)
    expect(accepted.map((one) => one.name)).toEqual([])
  })
})
