import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageByNumber, pageOf, readNumberCursor } from './paging.ts'

test('pages together are the list, each item once, whatever comes in between', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 40 })
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 7 }), fc.string({ maxLength: 4 }), (items, limit, late) => {
      const seen: string[] = []
      let cursor: string | undefined
      let all: readonly string[] = items
      do {
        const page = pageOf(all, (item) => item, { limit, cursor })
        seen.push(...page.items)
        cursor = page.nextCursor
        all = [...new Set([...items, late])]
      } while (cursor !== undefined)

      expect(new Set(seen).size).toBe(seen.length)
      expect(items.filter((item) => !seen.includes(item))).toEqual([])
    }),
  )
})

test.each(['', 'AAAA', '!!', 'MjU', 'MXg'])('%j is no cursor of ours', (cursor) => {
  expect(() => readNumberCursor(cursor)).toThrow(expect.objectContaining({ code: 'CONSOLE_INVALID_REQUEST' }))
})

test('a cursor goes on after the last one shown', () => {
  const { nextCursor } = pageByNumber([9, 8, 7], (number) => number, 2)

  expect(readNumberCursor(nextCursor)).toBe(8)
  expect(pageByNumber([9, 8], (number) => number, 2).nextCursor).toBeUndefined()
})
