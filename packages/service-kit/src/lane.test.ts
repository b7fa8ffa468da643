import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { operation, type OperationClass } from './contract.ts'
import { lanes, laneOf, placesFor } from './lane.ts'

const of = (operationClass: OperationClass) =>
  operation({
    class: operationClass,
    says: 'Does.',
    params: z.strictObject({ limit: z.number() }),
    result: z.strictObject({}),
    deadlineMs: 1000,
    leastMs: 10,
    isBulk: ({ limit }) => limit > 100,
  })

test('a sign-in is urgent however it looks, a large look-up is bulk, outbox and jobs always are', () => {
  const lanesOf = (limit: number) => (['B', 'R', 'S', 'N', 'O', 'J'] as const).map((one) => laneOf(of(one), { limit }))

  expect(lanesOf(1)).toEqual(['urgent', 'usual', 'usual', 'usual', 'bulk', 'bulk'])
  expect(lanesOf(1000)).toEqual(['urgent', 'bulk', 'bulk', 'bulk', 'bulk', 'bulk'])
})

test('every lane has a place, and from four on the more urgent ones have places of their own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), (places) => {
      const [urgent, usual, bulk] = lanes.map((lane) => placesFor(lane, places)) as [number, number, number]

      expect(urgent).toBe(places)
      expect(bulk).toBeGreaterThanOrEqual(1)
      if (places >= 4) {
        expect(usual).toBeLessThan(urgent)
        expect(bulk).toBeLessThan(usual)
      }
    }),
  )
})
