import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '\u200b=1', '＝1', "=cmd|'/c calc'!A1"])(
  '%j is text in a spreadsheet',
  (text) => {
    expect(csvOf([text], [])).toMatch(/^"'/)
  },
)

test('T66: no cell of any text begins like a formula, ends early, or begins a row', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (row) => {
      const [line, ...more] = csvOf(row, []).split('\r\n')

      const cells = [...(line ?? '').matchAll(/"((?:[^"]|"")*)"/g)].map((match) => match[1] ?? '')
      expect(more).toEqual([''])
      expect(cells).toHaveLength(row.length)
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    }),
  )
})
