import { expect, test } from 'vitest'
import { isGiven } from '../parts/consent-fields.tsx'
import { restrictedActionFields } from './restricted-actions.ts'

test('what is asked for is read, and a word nobody knows is left alone', () => {
  const value = (one: unknown) => ({ value: one, from: 'default' as const })

  expect(restrictedActionFields({ values: { deleteGroup: value('noteAndPin'), odd: value('blood') } })).toEqual({
    deleteGroup: 'noteAndPin',
  })
})

test('a note is enough for who has no PIN; who has one gives both; nothing is enough where nothing is asked', () => {
  expect(isGiven({}, 'none', true)).toBe(true)
  expect(isGiven({ note: ' ' }, 'note', false)).toBe(false)
  expect(isGiven({ note: 'why' }, 'note', false)).toBe(true)
  expect(isGiven({ note: 'why' }, 'note', true)).toBe(false)
  expect(isGiven({ note: 'why', pin: '4711' }, 'noteAndPin', true)).toBe(true)
})
