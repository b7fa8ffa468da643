import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { wordsOf } from './directory-words.ts'
import { makeDirectorySyncTables } from './migrations/0019-directory-sync.ts'
import { makeDirectoryWordTable } from './migrations/0029-directory-words.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'
import { sqliteTypes } from './tables.ts'

test('words are those after the first, each up to the next space, and the mail address', () => {
  expect(wordsOf('Anna Smith-Jones', 'Anna@Office.test')).toEqual(['smith-jones', 'jones', 'anna@office.test'])
  expect(wordsOf('(Ada) King, Countess', null)).toEqual(['ada)', 'king,', 'countess'])
  expect(wordsOf('one', '')).toEqual([])
  expect(wordsOf('x 𐐀'.padEnd(200, '𐐀'), null).every((word) => word.isWellFormed())).toBe(true)
  expect(wordsOf(Array.from({ length: 100 }, (_, at) => `w${at}`).join(' '), null)).toHaveLength(12)
})

test('who was synchronized before there were words is found by them after the update', async () => {
  const database = new DatabaseSync(':memory:')
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(database, ':memory:', { wrote() {} }) })
  database.exec('create table groups (id text primary key)')
  await makeDirectorySyncTables(db, sqliteTypes)
  const columns = '"number", scope, kind, id, name, nameKey, dn, key, flags, digest, content, syncedAt'
  const insert = database.prepare(
    `insert into directoryObjects (${columns}) values (?, ?, 'user', ?, ?, '', '', '', 0, x'00', ?, 1)`,
  )
  for (let number = 1; number <= 2001; number++) insert.run(number, number % 2, `u${number}`, `Ada No${number}`, number)

  await makeDirectoryWordTable(db, sqliteTypes)

  const words = database
    .prepare('select scope, kind, word from directoryWords where "number" in (1, 2, 2001) order by 1, 3')
    .all()
  expect(words.map((row) => Object.values(row))).toEqual([
    [0, 'user', 'no2'],
    [1, 'user', 'no1'],
    [1, 'user', 'no2001'],
  ])
  expect(database.prepare('select count(*) as count from directoryWords').get()).toEqual({ count: 2001 })
  database.close()
})
