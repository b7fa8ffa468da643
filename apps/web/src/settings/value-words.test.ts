import { expect, test } from 'vitest'
import { fieldWords, valueWords } from './value-words.ts'

test('settings are told in words, and a secret only as there', () => {
  expect(valueWords({ directory: 'off', mail: 'connectors' })).toBe('directory off, mail connectors')
  expect(valueWords([{ host: 'dc1', port: 636 }])).toBe('host dc1, port 636')
  expect(valueWords({ isSet: true })).toBe('stored')
  expect([true, false, undefined, ''].map(valueWords)).toEqual(['yes', 'no', 'empty', 'empty'])
  expect(valueWords('x'.repeat(200))).toHaveLength(121)
  expect(fieldWords('maxEntries')).toBe('max entries')
})
