/**
 * Migrations: how a database becomes what this program expects. Forward only.
 *
 * The list is closed and its order is the order of names. A migration that has
 * been released is never edited; the next change is the next entry.
 *
 * @module
 */
import type { Migration, MigrationProvider } from 'kysely/migration'
import { makeIdentityTables } from './identity-tables.ts'
import type { ColumnTypes } from './tables.ts'

const schemaNames = ['001-identity'] as const

/** What this program writes into `meta`, and the newest it can read. */
export const schemaVersion = schemaNames.length

export function isKnownMigration(name: string): boolean {
  return (schemaNames as readonly string[]).includes(name)
}

export function migrationProvider(types: ColumnTypes): MigrationProvider {
  const all: Record<(typeof schemaNames)[number], Migration> = {
    '001-identity': { up: (db) => makeIdentityTables(db, types) },
  }
  return { getMigrations: () => Promise.resolve(all) }
}
