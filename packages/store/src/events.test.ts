import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Context } from './context.ts'
import { Events } from './events.ts'
import { makeIdentityTables } from './migrations/0001-identity.ts'
import { makeAuditEventTables } from './migrations/0004-audit-events.ts'
import { addEventWords } from './migrations/0027-event-words.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'
import { sqliteTypes } from './tables.ts'
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

test('a search finds what lies far apart, newest first, up to its limit and before its cursor', async () => {
  const database = new DatabaseSync(':memory:')
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(database, ':memory:', { wrote() {} }) })
  await makeIdentityTables(db, sqliteTypes)
  await makeAuditEventTables(db, sqliteTypes)
  const insert = database.prepare(`insert into events values (?, 'SG-1001', 1, 'info', 'connectors', null, ?, '{}')`)
  const wanted = [100_007, 99_999, 90_008, 90_007, 70_000, 30_001]
  for (let number = 30_000; number <= 100_007; number += number % 10_000 === 9 ? 9_990 : 1)
    insert.run(number, wanted.includes(number) ? 'wanted' : 'other')
  for (const number of wanted)
    database
      .prepare(`insert or replace into events values (?, 'SG-1001', 1, 'info', 'connectors', null, 'wanted', '{}')`)
      .run(number)
  await addEventWords(db, sqliteTypes)
  const events = new Events({ db } as unknown as Context)
  const text = { has: 'WANTED', ids: [] }
  const found = async (more: object) => (await events.list({ text, limit: 10, ...more })).map(({ number }) => number)

  expect(await found({})).toEqual(wanted)
  expect(await found({ limit: 4 })).toEqual(wanted.slice(0, 4))
  expect(await found({ before: 90_008 })).toEqual(wanted.slice(3))
  expect(await found({ before: 30_001 })).toEqual([])
  expect(await found({ before: 1 })).toEqual([])
  database.close()
})
