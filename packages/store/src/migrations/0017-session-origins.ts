/**
 * Sessions say with what and over what somebody signed in, so that he can tell them apart. Never edited once released.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import type { ColumnTypes } from '../tables.ts'

/** Sessions from before go on, and have nothing to say. */
export async function addSessionOrigins(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const column of ['browser', 'addressFamily'])
    await db.schema.alterTable('sessions').addColumn(column, sql.raw(types.text)).execute()
}
