import { expect, test } from 'vitest'
import { visible } from './directory-text.ts'
import { bare, grouped } from './thumbprint.ts'
import { ago, expiry, lasted, took } from './time.ts'

const now = new Date('2026-03-01T12:00:00Z')

test.each([
  ['2026-03-01T11:59:58Z', 'just now'],
  ['2026-03-01T11:59:20Z', '40 s ago'],
  ['2026-03-01T11:30:00Z', '30 min ago'],
  ['2026-02-28T12:00:00Z', '24 h ago'],
  ['2026-02-01T12:00:00Z', '28 days ago'],
  ['2026-03-01T12:00:09Z', 'just now'],
])('%s was %s', (then, words) => {
  expect(ago(then, now)).toBe(words)
})

test('an end says when, also when it is over', () => {
  expect(expiry('2026-03-03T12:00:00Z', now)).toBe('in 2 days (2026-03-03)')
  expect(expiry('2026-03-01T20:00:00Z', now)).toBe('today (2026-03-01)')
  expect(expiry('2026-02-27T12:00:00Z', now)).toBe('expired 2026-02-27')
})

test('a time has as many digits as one can use', () => {
  expect([0.42, 8.26, 23.8, 1234].map(took)).toEqual(['0.4 ms', '8.3 ms', '24 ms', '1.2 s'])
})

test('how long something lasts is said in the unit one thinks in', () => {
  expect([-5, 8200, 240_000, 3 * 3_600_000, 12 * 86_400_000].map(lasted)).toEqual([
    '0 s',
    '8 s',
    '4 min',
    '3 h',
    '12 days',
  ])
})

test('a thumbprint is shown in groups and copied bare', () => {
  const thumbprint = '28:B8:76:A3:66:3C:BD:D4'

  expect(grouped(thumbprint)).toEqual(['28B876A3', '663CBDD4'])
  expect(bare(thumbprint)).toBe('28B876A3663CBDD4')
})

test('characters that hide or turn text around become visible', () => {
  expect(visible('nac\u202Exslx')).toBe('nac⟨U+202E⟩xslx')
  expect(visible('a\u200Bb\0')).toBe('a⟨U+200B⟩b⟨U+0000⟩')
  expect(visible('Zoë محمد 👩')).toBe('Zoë محمد 👩')
})
