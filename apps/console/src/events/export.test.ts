import { text } from 'node:stream/consumers'
import type { EventFilter, StoredEvent } from '@sallygate/store'
import { expect, test } from 'vitest'
import { csv, exportOf, jsonLines } from './export.ts'

function eventsInTest(held: number) {
  const asked: number[] = []
  const all: readonly StoredEvent[] = Array.from({ length: held }, (_, at) => ({
    number: held - at,
    id: 'SG-1001',
    severity: 'info',
    category: 'connectors',
    about: `connector ${held - at}\r\n=1+1`,
    at: new Date(0),
    details: {},
  }))
  const list = ({ before = Number.POSITIVE_INFINITY, limit }: EventFilter) => {
    asked.push(limit)
    return Promise.resolve(all.filter(({ number }) => number < before).slice(0, limit))
  }
  return { events: { list }, asked }
}

const most = Number.MAX_SAFE_INTEGER

test.each([0, 1, 499, 500, 501, 25_000])(
  '%i events are exported whole, newest first, a page at a time',
  async (held) => {
    const { events, asked } = eventsInTest(held)

    const lines = (await text(await exportOf(events, {}, most, jsonLines))).split('\n').slice(0, -1)

    expect(lines.map((line) => (JSON.parse(line) as { number: number }).number)).toEqual(
      Array.from({ length: held }, (_, at) => held - at),
    )
    expect(Math.max(...asked)).toBeLessThanOrEqual(500)
  },
)

test('a limit is kept, also in the middle of a page', async () => {
  const { events } = eventsInTest(2000)

  const rows = (await text(await exportOf(events, {}, 750, csv))).split('\r\n').slice(1, -1)

  expect(rows).toHaveLength(750)
  expect(rows[749]).toContain('"connector 1251 =1+1"')
})

test('no page is read for somebody who does not take the one before', async () => {
  const { events, asked } = eventsInTest(25_000)

  const stream = await exportOf(events, {}, most, jsonLines)
  await new Promise((resolve) => setImmediate(resolve))

  expect(asked).toHaveLength(1)
  stream.destroy()
})

test('what cannot be read at all is a failure, and what cannot be read later never looks complete', async () => {
  const { events } = eventsInTest(2000)
  const broken = () => Promise.reject(new Error('the store is away'))
  let reads = 0

  await expect(exportOf({ list: broken }, {}, most, csv)).rejects.toThrow('the store is away')
  const list = (filter: EventFilter) => (++reads > 2 ? broken() : events.list(filter))
  await expect(text(await exportOf({ list }, {}, most, csv))).rejects.toThrow('the store is away')
})
