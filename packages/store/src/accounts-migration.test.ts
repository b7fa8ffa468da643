import { expect, test } from 'vitest'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { makeIdentityTables } from './migrations/0001-identity.ts'
import { makeAdminTables } from './migrations/0003-admins-roles-sessions.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'
import { sqliteTypes } from './tables.ts'

test('who could do everything before there were roles still can after the update', async () => {
  const database = new DatabaseSync(':memory:')
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(database, ':memory:', { wrote() {} }) })
  await makeIdentityTables(db, sqliteTypes)
  database.exec("insert into admins values ('a', 'Ada', 'ada', 'hash', 1, 0, null)")
  database.exec("insert into apiKeys values ('k', x'00', 'script', 2, null, null)")

  await makeAdminTables(db, sqliteTypes)

  const rows = database.prepare('select * from roleAssignments order by createdAt').all()
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['admin', 'a', 'administrator', '', 1],
    ['apiKey', 'k', 'administrator', '', 2],
  ])
  const accounts = database.prepare('select adminId, kind, groupKey, disabledAt, expiresAt from adminAccounts').all()
  expect(accounts.map((row) => Object.values(row))).toEqual([['a', 'local', '', null, null]])
  database.close()
})
