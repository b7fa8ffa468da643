/**
 * Settings pages: what of a page is inherited, and what a group lets its children do.
 *
 * What services were given before this belongs to the group that gave it: an override.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const tables: Readonly<Record<string, Table>> = {
  /** Values and secrets of an override lie in serviceSettings and serviceSecrets. */
  settingsPages: {
    columns: {
      groupId: 'text',
      page: 'text',
      mode: 'text',
      childPermission: 'text',
      generation: 'number',
      updatedAt: 'number',
    },
    primary: ['groupId', 'page'],
    references: { groupId: 'groups.id' },
  },
  /** Which enrollment codes are for, and which instances are, connectors beside the console. */
  placements: {
    columns: { subject: 'text', placement: 'text', createdAt: 'number' },
    primary: ['subject'],
  },
}

export async function makeSettingsPages(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(tables)) await createTable(db, types, name, table)
  const columns = sql`"groupId", "page", "mode", "childPermission", "generation", "updatedAt"`
  const rows = sql`select "groupId", "service", 'override', 'inheritOrOverride', "generation", "updatedAt" from "serviceSettings"`
  await sql`insert into "settingsPages" (${columns}) ${rows}`.execute(db)
}
