import { expect, test } from 'vitest'
import { isOver, stateOf, worksFirst, type Revocable } from './revocation.tsx'

const now = new Date('2027-03-01T12:00:00Z')
const before = '2027-03-01T11:59:59Z'
const after = '2027-03-01T12:00:01Z'

test('what is revoked says so, also when it has ended or is used up besides', () => {
  expect(stateOf({ revokedAt: before, expiresAt: before, usesLeft: 0 }, now)).toBe('revoked')
  expect(stateOf({ usesLeft: 0, expiresAt: before }, now)).toBe('used up')
  expect(stateOf({ usesLeft: 1, expiresAt: before }, now)).toBe('ended')
})

test('what has no end and no count works', () => {
  expect(stateOf({}, now)).toBe('works')
  expect(stateOf({ expiresAt: after, usesLeft: 2 }, now)).toBe('works')
})

test('it is over in the very moment it ends', () => {
  expect(isOver({ expiresAt: now.toISOString() }, now)).toBe(true)
})

test('what is over comes last, and nothing else changes its place', () => {
  const rows: readonly (Revocable & { readonly id: number })[] = [
    { id: 1, revokedAt: before },
    { id: 2 },
    { id: 3, expiresAt: before },
    { id: 4, expiresAt: after },
  ]

  expect(worksFirst(rows, now).map(({ id }) => id)).toEqual([2, 4, 1, 3])
})
