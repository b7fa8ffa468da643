import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { NodeSqliteDialect } from '../sqlite-dialect.ts'
import { sqliteTypes } from '../tables.ts'
import { makeIdentityTables } from './0001-identity.ts'
import { makeAuditEventTables } from './0004-audit-events.ts'
import { addEventWords } from './0027-event-words.ts'

test('events from before can be searched like those that come, however many there are', async () => {
  const database = new DatabaseSync(':memory:')
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(database, ':memory:', { wrote() {} }) })
  await makeIdentityTables(db, sqliteTypes)
  await makeAuditEventTables(db, sqliteTypes)
  const insert = database.prepare(`insert into events values (?, 'SG-1001', 1, 'info', 'connectors', null, ?, ?)`)
  for (let number = 1; number <= 1000; number++) insert.run(number, `MÜLLER ${number}`, '{"by":"Ada","many":2}')

  await addEventWords(db, sqliteTypes)

  const rows = database.prepare('select number, words from events').all()
  expect(rows).toHaveLength(1000)
  expect(rows.filter(({ number, words }) => words !== `sg-1001 müller ${String(number)} ada 2`)).toEqual([])
  database.close()
})
