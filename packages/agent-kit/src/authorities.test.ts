import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { readAuthorities, trustContext } from './authorities.ts'

const invalid = (expected: string) => new Error(`expected ${expected}`)
let some: readonly string[] = []

beforeAll(async () => {
  some = await Promise.all([1, 2, 3].map(async () => (await makeTlsAuthority()).certificate.trim()))
})

test('every certificate of a text is read, in order, whatever stands between them', () => {
  const between = fc.string({ maxLength: 40 }).filter((text) => !text.includes('-----'))
  fc.assert(
    fc.property(fc.array(fc.tuple(between, fc.nat({ max: 2 })), { minLength: 1, maxLength: 6 }), (parts) => {
      const wanted = parts.map(([, which]) => some[which])

      const text = parts.map(([junk], index) => `${junk}\n${wanted[index]}\r\n`).join('')

      expect(readAuthorities(text, invalid)).toEqual(wanted)
    }),
  )
})

test('a text without a certificate, or with one that cannot be read, is refused; none at all is nothing', () => {
  const [good = ''] = some
  const broken = good.replace(/\n[A-Za-z0-9+/]{40}/, '\nAAAA')

  for (const text of ['', 'nonsense', `${good}\n${broken}`])
    expect(() => readAuthorities(text, invalid)).toThrow('expected one or more certificates in PEM form')
  expect(readAuthorities(undefined, invalid)).toBeUndefined()
})

test('one list is parsed once, and no list stands in for another', () => {
  const [one, other] = [some.slice(0, 1), some.slice(0, 1)]

  expect(trustContext(one)).toBe(trustContext(one))
  expect(trustContext(one)).not.toBe(trustContext(other))
  expect(trustContext(undefined)).toBe(trustContext(undefined))
})

test('a certificate of ours is used where it was given, and one without its key is refused', async () => {
  const own = await (await makeTlsAuthority()).issue(['sender.test'])
  const other = await (await makeTlsAuthority()).issue(['other.test'])

  expect(trustContext(some, { certificate: own.cert, key: own.key })).not.toBe(trustContext(some))
  expect(() => trustContext(some, { certificate: own.cert, key: other.key })).toThrow()
})
