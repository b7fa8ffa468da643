/**
 * Mail that waits says why in words. Never edited once released.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from '../tables.ts'

/** What waits already says so with its next attempt. */
export async function addMailWaits(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema.alterTable('mailMessages').addColumn('waits', sql.raw(types.text)).execute()
}
