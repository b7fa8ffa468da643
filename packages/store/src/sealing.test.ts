import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { decrypt, encrypt, opensKeyCheck, sealKeyCheck, valueAad, type Place } from './sealing.ts'

const place: Place = { table: 'keys', column: 'sealed', row: 'r1', group: 'g1' }
const key = randomBytes(32)

describe('with the right key, a value does not open where', () => {
  test.each([
    ['the table', { ...place, table: 'codes' }, 1],
    ['the column', { ...place, column: 'other' }, 1],
    ['the row', { ...place, row: 'r2' }, 1],
    ['the group', { ...place, group: 'g2' }, 1],
    ['having a group', { ...place, group: undefined }, 1],
    ['the key version', place, 2],
    ['the border between row and group', { ...place, row: 'r1g', group: '1' }, 1],
  ] as const)('%s is another', (_, other, version) => {
    const sealed = encrypt(key, randomBytes(20), valueAad(place, 1))

    expect(decrypt(key, sealed, valueAad({ ...place }, 1))).toHaveLength(20)
    expect(() => decrypt(key, sealed, valueAad(other, version))).toThrow()
  })
})

test('opening undoes sealing, and no shortened or changed value opens', () => {
  const aad = valueAad(place, 1)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.nat(), (plaintext, cut, flip) => {
      const sealed = encrypt(key, plaintext, aad)
      const changed = Buffer.from(sealed)
      changed[flip % changed.length] = (changed[flip % changed.length] ?? 0) ^ 0x10

      expect(new Uint8Array(decrypt(key, sealed, aad))).toEqual(plaintext)
      expect(() => decrypt(key, sealed.subarray(0, cut % sealed.length), aad)).toThrow()
      expect(() => decrypt(key, changed, aad)).toThrow()
    }),
  )
})

test('the key check opens with its own key and installation only', () => {
  const masterKey = new Secret(randomBytes(32))
  const check = sealKeyCheck(masterKey, 'one')

  expect(opensKeyCheck(masterKey, 'one', check)).toBe(true)
  expect(opensKeyCheck(masterKey, 'two', check)).toBe(false)
  expect(opensKeyCheck(new Secret(randomBytes(32)), 'one', check)).toBe(false)
})
