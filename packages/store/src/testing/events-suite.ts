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
    const found = async (has: string) =>
      (await events.list({ text: { has, ids: [] }, limit: 10 })).map(({ about }) => about).toSorted()

    expect(await found('bERLIN')).toEqual(['Berlin 100%', 'Paris', 'berlin_2'])
    expect(await found('%')).toEqual(['Berlin 100%'])
    expect(await found('_')).toEqual(['berlin_2'])
    expect(await found('\\')).toEqual([])
    expect(await found("' or 1=1 --")).toEqual([])
    expect(await found('sg-1002')).toHaveLength(4)
  })

  test('letters of every script are found however they are written, and events that say it by their number', async () => {
    const { events } = opened().store
    await events.add({ id: 'SG-1002', severity: 'info', category: 'connectors', about: 'GRÜSSE', details: {} }, 100)
    await events.add(
      { id: 'SG-1003', severity: 'info', category: 'connectors', about: '', details: { a: 'say "hi"' } },
      100,
    )
    const found = async (has: string, ids: readonly string[] = []) =>
      (await events.list({ text: { has, ids }, limit: 10 })).map(({ id }) => id)

    expect(await found('grüße'.normalize('NFD'))).toEqual(['SG-1002'])
    expect(await found('say "HI"')).toEqual(['SG-1003'])
    expect(await found('left', ['SG-1003'])).toEqual(['SG-1003'])
  })

  test('events are of a service by their number, by a detail of that name, or by the address of its settings', async () => {
    const { events } = opened().store
    const add = (id: string, about: string, details = {}) =>
      events.add({ id, severity: 'info', category: 'services', about, details }, 100)
    await add('SG-4020', 'by number')
    await add('SG-4001', 'by detail', { service: 'mail' })
    await add('SG-4001', 'of another', { service: 'mailbox' })
    await add('SG-4001', 'only says so', { text: '"service":"mail"' })
    await add('SG-4004', 'groups/A/services/mail')
    await add('SG-4004', 'groups/A/services/syslog')
    const service = { name: 'mail', ids: ['SG-4020'], addresses: ['/services/mail'] }

    const found = await events.list({ service, limit: 10 })

    expect(found.map(({ about }) => about)).toEqual(['groups/A/services/mail', 'by detail', 'by number'])
  })
}
