/**
 * What every store has to find among events. A part of `suite.ts`.
 *
 * @module
 */
import { expect, test } from 'vitest'
import type { OpenedStore } from './suite.ts'

export function eventsSuite(opened: () => OpenedStore): void {
  test('events are found by a part of what they are about, in any case, and wild cards are letters', async () => {
    const { events } = opened().store
    const add = (about: string, details = {}) =>
      events.add({ id: 'SG-1002', severity: 'info', category: 'connectors', about, details }, 100)
    await add('Berlin 100%')
    await add('berlin_2')
    await add('Paris', { by: 'BERLINER' })
    await add('Rom')
    const found = async (text: string) => (await events.list({ text, limit: 10 })).map(({ about }) => about).toSorted()

    expect(await found('bERLIN')).toEqual(['Berlin 100%', 'Paris', 'berlin_2'])
    expect(await found('%')).toEqual(['Berlin 100%'])
    expect(await found('_')).toEqual(['berlin_2'])
    expect(await found('\\')).toEqual([])
    expect(await found("' or 1=1 --")).toEqual([])
    expect(await found('sg-1002')).toHaveLength(4)
  })
}
