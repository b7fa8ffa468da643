import { expect, test } from 'vitest'
import { migrationProvider, schemaVersion } from './migrations.ts'
import { sqliteTypes } from './tables.ts'

test('names of migrations sort in the order of the list, one number each without a gap', async () => {
  const names = Object.keys(await migrationProvider(sqliteTypes).getMigrations())

  expect(names).toEqual(names.toSorted())
  expect(names.map((name) => /^(\d{3})-[a-z-]+$/.exec(name)?.[1])).toEqual(
    Array.from({ length: schemaVersion }, (_, at) => String(at + 1).padStart(3, '0')),
  )
})
