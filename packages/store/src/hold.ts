/**
 * Holding a name: what is read and then written in one transaction, by one at a time.
 *
 * Races are decided by single statements wherever one statement is enough. Where
 * a decision needs a read first, the transaction holds a name, and another one
 * that holds the same name waits for its end. SQLite runs one transaction at a
 * time anyway; PostgreSQL runs as many as there are connections.
 *
 * @module
 */
import { PostgresAdapter, sql, type Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Call first in a transaction: what was read before it may have changed since. Ends with the transaction. */
export async function hold(db: Kysely<Schema>, name: string): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sallygate/${name}`}, 0))`.execute(db)
}
