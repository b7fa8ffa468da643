import { expect, test } from 'vitest'
import { path } from '../api/client.ts'
import { eventAddress, noSearch } from './search.ts'

const now = new Date('2026-11-22T13:45:59.999Z')

test('what is not looked for is not asked', () => {
  expect(eventAddress(path`/api/events`, noSearch, now)).toBe('/api/events')
})

test('a span becomes the minute it began', () => {
  const search = { ...noSearch, within: 'hour', text: 'Ada & Bruno' }

  expect(eventAddress(path`/api/events`, search, now, { limit: '100' })).toBe(
    '/api/events?text=Ada+%26+Bruno&since=2026-11-22T12%3A45%3A00.000Z&limit=100',
  )
})

test('a span nobody knows is none', () => {
  expect(eventAddress(path`/api/events`, { ...noSearch, within: 'constructor' }, now)).toBe('/api/events')
})
