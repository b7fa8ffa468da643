import { expect, test } from 'vitest'
import { countWords, holdWords, leftWords } from './words.ts'

const none = {
  added: 0,
  changed: 0,
  moved: 0,
  disabled: 0,
  enabled: 0,
  removed: 0,
  failed: 0,
  unchanged: 100_000,
  membersAdded: 0,
  membersRemoved: 0,
}

test('only what changes is told', () => {
  expect(countWords({ ...none, added: 1200, removed: 1, membersRemoved: 7 })).toBe(
    '1,200 added, 1 removed, 7 memberships fewer',
  )
  expect(countWords(none)).toBe('nothing would change')
  expect(countWords(undefined)).toBe('')
})

test('a held run says by how much it is over which limit', () => {
  const because = [
    { safeguard: 'maxRemovals', limit: 500, actual: 1200 },
    { safeguard: 'maxChangesPercent', limit: 50, actual: 66.666 },
  ] as const

  expect(holdWords({ held: { because } })).toEqual([
    'It would remove 1,200 objects, and more than 500 need a look.',
    'It would change 66.7 % of all, and more than 50 % need a look.',
  ])
})

test('the time left is as exact as one can know it', () => {
  expect([undefined, 0, 44.4, 240, 9000].map(leftWords)).toEqual([
    '',
    'about 1 s left',
    'about 44 s left',
    'about 4 min left',
    'about 3 h left',
  ])
})
