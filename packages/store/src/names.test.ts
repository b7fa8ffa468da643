import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldName, readName } from './names.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 40 })

test('folding a folded name changes nothing', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(foldName(foldName(text))).toBe(foldName(text))
    }),
    { numRuns: 2000 },
  )
})

test('T64: every spelling of accents and every case is one name', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const key = foldName(text)
      for (const form of ['NFC', 'NFD'] as const) {
        expect(foldName(text.normalize(form))).toBe(key)
        expect(foldName(text.normalize(form).toUpperCase())).toBe(key)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['Straße', 'STRASSE'],
  ['Ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ'],
  ['Å', '\u212b'],
  ['a\u200bb', 'ab'],
  [' two  words ', 'Two Words'],
])('%j and %j are one name', (a, b) => {
  expect(foldName(a)).toBe(foldName(b))
})

test('letters of different scripts stay different names', () => {
  expect(foldName('admin')).not.toBe(foldName('аdmin'))
})

test('a name is shown as it was typed, but for spaces around and doubled', () => {
  expect(readName('  Ärzte   GmbH ').shown).toBe('Ärzte GmbH')
  expect(readName('x'.repeat(256)).shown).toHaveLength(256)
})

test.each([
  ['nothing', ''],
  ['spaces', '   '],
  ['a NUL', 'a\0b'],
  ['a line feed', 'a\nb'],
  ['only what cannot be seen', '\u200b\u200d'],
  ['a mark that turns the direction', 'a\u202eb'],
  ['half a surrogate pair', 'a\ud800'],
  ['257 bytes', 'x'.repeat(257)],
  ['257 bytes in fewer characters', 'ä'.repeat(129)],
])('a name of %s is refused', (_, text) => {
  expect(() => readName(text)).toThrow(expect.objectContaining({ code: 'STORE_NAME_INVALID' }))
})
