import { expect, test } from 'vitest'
import { listSearch } from './list-search.ts'

const read = listSearch('search', 'kind')

test('what is looked for is text, also where it looks like a number', () => {
  expect(read({ search: 4711, kind: 'user', colour: 'red' })).toEqual({ search: '4711', kind: 'user' })
  expect(read({ search: '', kind: { nested: true } })).toEqual({})
  expect(read({ search: 'x'.repeat(500) }).search).toHaveLength(200)
})

test('a page has a number and a place to begin, or is the first', () => {
  expect(read({ cursor: 'abc', page: 3 })).toEqual({ cursor: 'abc', page: 3 })
  for (const given of [{ cursor: 'abc' }, { page: 3 }, { cursor: 'abc', page: 1 }, { cursor: 'abc', page: '3' }])
    expect(read(given)).toEqual({})
  expect(read({ cursor: 'x'.repeat(4097), page: 2 })).toEqual({})
})
