import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { NodeSqliteDialect } from '../sqlite-dialect.ts'
import { sqliteTypes } from '../tables.ts'
import { makeIdentityTables } from './0001-identity.ts'
import { makeSettingsPages } from './0002-settings-pages.ts'

test('what a service was given before there were pages is an override of its group', async () => {
  const database = new DatabaseSync(':memory:')
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(database, ':memory:', { wrote() {} }) })
  await makeIdentityTables(db, sqliteTypes)
  database.exec("insert into groups values ('g', null, '', 'Acme', 'acme', 1)")
  database.exec(`insert into serviceSettings values ('g', 'mail', '{"host":"one"}', 7, 5)`)

  await makeSettingsPages(db, sqliteTypes)

  const row = database.prepare('select * from settingsPages').get()
  expect({ ...row }).toEqual({
    groupId: 'g',
    page: 'mail',
    mode: 'override',
    childPermission: 'inheritOrOverride',
    generation: 7,
    updatedAt: 5,
  })
  database.close()
})
