import fc from 'fast-check'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { describe, expect, test } from 'vitest'
import { escapeNameValue, formatName, isWithin, nameKey, parseName, type DistinguishedName } from './dn.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text.isWellFormed())

test('any text put into a name is exactly one value and comes back as it was (P34)', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = parseName(`CN=${escapeNameValue(text)},DC=example,DC=net`)

      expect(name).toEqual([
        [{ type: 'CN', value: text }],
        [{ type: 'DC', value: 'example' }],
        [{ type: 'DC', value: 'net' }],
      ])
    }),
    { numRuns: 10_000 },
  )
})

test('reading undoes writing, with several parts in one step too', () => {
  const part = fc.record({ type: fc.constantFrom('CN', 'OU', '2.5.4.3'), value: anyText })
  fc.assert(
    fc.property(fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { maxLength: 5 }), (name) => {
      expect(parseName(formatName(name))).toEqual(name)
    }),
  )
})

describe('below a base', () => {
  const within = (name: string, base: string) => isWithin(parseName(name), parseName(base))

  test('case, spaces and the order inside one step make no difference', () => {
    expect(within('UID=ada, OU=People,dc=Example,dc=NET', 'ou=people,DC=example,DC=net')).toBe(true)
    expect(nameKey(parseName('ou=a+cn=B'))).toBe(nameKey(parseName('CN=b+OU=A')))
  })

  test('a base that is only a tail of the text is no base', () => {
    expect(within('uid=ada,ou=notpeople,dc=net', 'ou=people,dc=net')).toBe(false)
    expect(within('uid=ada\\,ou=people,dc=net', 'ou=people,dc=net')).toBe(false)
    expect(within('dc=net', 'ou=people,dc=net')).toBe(false)
  })

  test('the base itself is inside, and everything is below the empty name', () => {
    expect(within('ou=people,dc=net', 'ou=people,dc=net')).toBe(true)
    expect(within('uid=ada', '')).toBe(true)
  })
})

type PublishedValue = string | { ber: string }
interface Published {
  readonly rfc: readonly { text: string; rdns: [string, PublishedValue][][] }[]
  readonly own: readonly { text: string; rdns: [string, PublishedValue][][] }[]
  readonly invalid: readonly { text: string; mayAccept: boolean }[]
}

if (vectorsDirectory() === undefined) console.log(`skipped: published LDAP name vectors, ${vectorsAbsence}`)
describe.skipIf(vectorsDirectory() === undefined)('published vectors', () => {
  test('RFC 4514 names have the parts the RFC means, and survive writing', () => {
    const { rfc, own } = readVectors<Published>('ldap/rfc4514-dns.json')

    for (const { text, rdns } of [...rfc, ...own]) {
      const expected: DistinguishedName = rdns.map((relative) =>
        relative.map(([type, value]) => ({
          type,
          value: typeof value === 'string' ? value : { ber: Buffer.from(value.ber, 'hex') },
        })),
      )
      expect(parseName(text), text).toEqual(expected)
      expect(parseName(formatName(parseName(text))), text).toEqual(expected)
    }
  })

  test('strings that are no name are refused', () => {
    const { invalid } = readVectors<Published>('ldap/rfc4514-dns.json')

    for (const { text, mayAccept } of invalid) {
      if (mayAccept) continue
      expect(() => parseName(text), text).toThrow(expect.objectContaining({ code: 'LDAP_NAME_INVALID' }))
    }
  })

  test('naughty strings stay one value', () => {
    for (const text of readVectors<string[]>('ldap/naughty-strings.json')) {
      if (!text.isWellFormed()) continue
      expect(parseName(`CN=${escapeNameValue(text)},DC=x`)[0], text).toEqual([{ type: 'CN', value: text }])
    }
  })
})
