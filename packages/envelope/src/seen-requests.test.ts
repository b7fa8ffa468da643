import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeenRequests } from './seen-requests.ts'

test('P3, PROTOCOL M-E14: no request is new twice, whatever the clock does and whatever is forgotten', () => {
  const step = fc.record({
    request: fc.nat({ max: 30 }),
    clockMs: fc.integer({ min: -50_000, max: 50_000 }),
  })
  const law = fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, capacity) => {
    const seen = new SeenRequests(capacity)
    const taken = new Set<number>()
    let nowMs = 0

    for (const { request, clockMs } of steps) {
      nowMs += clockMs
      // A deadline belongs to its request: it is signed with it.
      const isNew = seen.remember(`${request}`, request * 7_000, nowMs) === 'new'
      expect(isNew && taken.has(request)).toBe(false)
      if (isNew) taken.add(request)
      expect(seen.size).toBeLessThanOrEqual(capacity)
    }
  })

  fc.assert(law)
})

test('room comes back when deadlines have passed', () => {
  const seen = new SeenRequests(1)

  const verdicts = [seen.remember('a', 100, 0), seen.remember('b', 200, 100), seen.remember('b', 200, 101)]

  expect(verdicts).toEqual(['new', 'full', 'new'])
})
