import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

const event = (about: string, severity = 'warning') => ({
  id: 'SG-1001',
  severity,
  category: 'connectors',
  group: 'g',
  about,
  details: { attempts: 3 },
})

test('only the newest are kept, and numbers go on', async () => {
  const { events } = await home.open()
  for (const about of ['a', 'b', 'c', 'd']) await events.add(event(about), 2)

  const found = await events.list({ limit: 10 })

  expect(found.map(({ about, number }) => [about, number])).toEqual([
    ['d', 4],
    ['c', 3],
  ])
})

test.each([
  [{ severities: ['critical'] }, ['b']],
  [{ category: 'other' }, []],
  [{ groups: ['h'] }, []],
  [{ before: 2 }, ['a']],
  [{ id: 'SG-1001' }, ['c', 'b', 'a']],
] as const)('%o finds its rows', async (filter, expected) => {
  const { events } = await home.open()
  await events.add(event('a'), 100)
  await events.add(event('b', 'critical'), 100)
  await events.add(event('c'), 100)

  const found = await events.list({ limit: 10, ...filter })

  expect(found.map(({ about }) => about)).toEqual([...expected])
  expect(found.every(({ details }) => details['attempts'] === 3)).toBe(true)
})
