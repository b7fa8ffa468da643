import { expect, test } from 'vitest'
import { migrationProvider, schemaVersion } from './migrations.ts'
import { sqliteTypes } from './tables.ts'

test('each migration has a number of three digits of its own, so that names sort as they were made', async () => {
  const names = Object.keys(await migrationProvider(sqliteTypes).getMigrations())

  const numbers = names.map((name) => /^(\d{3})-[a-z-]+$/.exec(name)?.[1])

  expect(numbers).not.toContain(undefined)
  expect(new Set(numbers).size).toBe(schemaVersion)
})
