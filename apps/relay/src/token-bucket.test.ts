import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

test('a bucket gives its burst at once and then its rate', () => {
  const bucket = new TokenBucket(10, 3, 0)
  const take = (nowMs: number, tries: number) => Array.from({ length: tries }, () => bucket.take(nowMs)).filter(Boolean)

  expect(take(0, 10)).toHaveLength(3)
  expect(take(1000, 100)).toHaveLength(3)
  expect(take(1100, 100)).toHaveLength(1)
  expect(take(1150, 100)).toHaveLength(0)
})
