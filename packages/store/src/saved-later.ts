/**
 * Transactions that do not wait for the disk: whole or not at all, as every one, and on the disk with the next
 * that waits.
 *
 * @module
 */
import { sql, type Kysely, type Transaction } from 'kysely'
import { isPostgres } from './bulk.ts'
import type { Schema } from './schema.ts'

export function withoutWaiting<T>(db: Kysely<Schema>, work: (inside: Transaction<Schema>) => Promise<T>): Promise<T> {
  if (isPostgres(db)) {
    return db.transaction().execute(async (inside) => {
      await sql`set local synchronous_commit = off`.execute(inside)
      return work(inside)
    })
  }
  // The connection is held throughout: nobody else commits in between.
  return db.connection().execute(async (held) => {
    await sql`pragma synchronous = normal`.execute(held)
    try {
      return await held.transaction().execute(work)
    } finally {
      await sql`pragma synchronous = full`.execute(held)
    }
  })
}
