import { expect, test } from 'vitest'
import type { LoggedRequest } from '../api/shapes.ts'
import { lastRequests } from './last-requests.ts'

const row = (position: number, requestDigest: string, outcome: string) =>
  ({ position, requestDigest, outcome }) as LoggedRequest

test('a request that was answered is there once, with how it went', () => {
  const rows = [row(4, 'b', 'done'), row(3, 'a', 'timedOut'), row(2, 'b', 'handed'), row(1, 'a', 'handed')]

  expect(lastRequests(rows, 5).map(({ position }) => position)).toEqual([4, 3])
})

test('a request nobody has answered yet is there', () => {
  const rows = [row(3, 'b', 'handed'), row(2, 'a', 'done'), row(1, 'a', 'handed')]

  expect(lastRequests(rows, 5).map(({ position }) => position)).toEqual([3, 2])
})

test('no more are shown than wanted', () => {
  expect(lastRequests([row(3, 'c', 'done'), row(2, 'b', 'done'), row(1, 'a', 'done')], 2)).toHaveLength(2)
})
