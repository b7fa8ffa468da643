import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from './printable.ts'

const anyText = fc.array(fc.nat({ max: 0x2100 })).map((codes) => String.fromCharCode(...codes))

test('nothing that a terminal or a reader of lines obeys is left, and everything else is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = printable(text)

      expect(shown).toHaveLength(text.length)
      expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      expect(shown.split('').filter((letter, index) => letter !== '?' && letter !== text[index])).toEqual([])
    }),
  )
  expect(printable('dc1\u001b[2J\r\n')).toBe('dc1?[2J??')
})
