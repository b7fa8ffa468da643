import { expect, test } from 'vitest'
import { countWords, everyWords, holdWords, leftWords, progressWords } from './words.ts'

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

test('progress has a rate and a time left, and never more done than there is to do', () => {
  const apply = { phase: 'apply', expected: 105_000 } as const
  expect(progressWords({ ...apply, done: 52_500, perSecond: 4321.4, secondsLeft: 12 })).toBe(
    '52,500 of 105,000 objects, 4,321 a second, about 12 s left',
  )
  expect(progressWords({ ...apply, done: 106_000, perSecond: 3000, secondsLeft: 0 })).toBe(
    '105,000 objects; what is left does not count objects',
  )
  expect(progressWords({ ...apply, done: 0, perSecond: 0 })).toBe('0 of 105,000 objects')
  expect(progressWords({ phase: 'fetch', done: 1, perSecond: 0 })).toBe('1 object')
  expect(progressWords({ phase: 'fetch', done: 0, perSecond: 0 })).toBe('asking for the first objects')
  expect(progressWords({ phase: 'compare', done: 0, perSecond: 0 })).toBe('counted when it is done')
})

test('how often, in the unit one would say it in', () => {
  expect([1, 5, 60, 90, 120, 1440, 2880].map(everyWords)).toEqual([
    'every 1 min',
    'every 5 min',
    'every 60 min',
    'every 1.5 h',
    'every 2 h',
    'every day',
    'every 2 days',
  ])
})
