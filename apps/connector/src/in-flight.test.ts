import { lanes, type Lane } from '@sallygate/service-kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InFlight } from './in-flight.ts'

const busy = expect.objectContaining({ code: 'CONNECTOR_BUSY' }) as Error

/** Takes until it is refused. @returns how often. */
function fill(inFlight: InFlight, lane: Lane, service = 'directory'): number {
  for (let taken = 0; ; taken++) {
    try {
      inFlight.take(service, lane)
    } catch {
      return taken
    }
  }
}

test('however much bulk and usual work there is, a sign-in finds a place', () => {
  const inFlight = new InFlight({ maxInFlight: 64, maxPerService: 16 })

  expect(fill(inFlight, 'bulk')).toBe(8)
  expect(fill(inFlight, 'usual')).toBe(6)
  expect(fill(inFlight, 'urgent')).toBe(2)
  expect(() => inFlight.take('directory', 'urgent')).toThrow(busy)
})

test('bulk of many services leaves room in all for what is more urgent', () => {
  const inFlight = new InFlight({ maxInFlight: 64, maxPerService: 64 })

  const bulk = ['a', 'b', 'c'].map((service) => fill(inFlight, 'bulk', service))

  expect(bulk.reduce((sum, one) => sum + one, 0)).toBe(32)
  expect(fill(inFlight, 'usual', 'd')).toBe(24)
  expect(fill(inFlight, 'urgent', 'e')).toBe(8)
})

test('a place that is given back twice is one place, and never more are taken than there are', () => {
  const lane = fc.constantFrom(...lanes)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.tuple(lane, fc.boolean())), (places, steps) => {
      const inFlight = new InFlight({ maxInFlight: places, maxPerService: places })
      const held: (() => void)[] = []
      for (const [of, gives] of steps) {
        try {
          if (!gives) held.push(inFlight.take('one', of))
        } catch (error) {
          expect(error).toEqual(busy)
        }
        if (gives) {
          const release = held.pop()
          release?.()
          release?.()
        }
        expect(inFlight.total).toBe(held.length)
        expect(inFlight.total).toBeLessThanOrEqual(places)
      }
    }),
  )
})

test('it is idle when the last place is given back', async () => {
  const inFlight = new InFlight({ maxInFlight: 4, maxPerService: 4 })
  const release = inFlight.take('one')
  let isIdle = false
  const idle = inFlight.idle().then(() => (isIdle = true))
  await Promise.resolve()
  expect(isIdle).toBe(false)

  release()

  await idle
  expect(isIdle).toBe(true)
})
