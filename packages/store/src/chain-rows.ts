/**
 * Rows of a chain in their table, and the head that is stored beside them.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import type { Link, LogHead } from './hash-chain.ts'
import type { Schema } from './schema.ts'

export type ChainTable = 'requestLog' | 'auditLog'

const rowsPerInsert = 64

/** Every chain has position, hash and previousHash; that is all that is asked of them here. */
function linksOf(db: Kysely<Schema>): Kysely<{ requestLog: Link; meta: Schema['meta'] }> {
  return db as unknown as Kysely<{ requestLog: Link; meta: Schema['meta'] }>
}

export async function rowsAfter<Row extends Link>(
  db: Kysely<Schema>,
  table: ChainTable,
  position: number,
  limit: number,
): Promise<readonly Row[]> {
  return (await linksOf(db)
    .selectFrom(table as 'requestLog')
    .selectAll()
    .where('position', '>', position)
    .orderBy('position')
    .limit(limit)
    .execute()) as unknown as readonly Row[]
}

export async function writeLinks(db: Kysely<Schema>, table: ChainTable, rows: readonly Link[]): Promise<void> {
  const last = rows.at(-1)
  if (last === undefined) return
  for (let at = 0; at < rows.length; at += rowsPerInsert) {
    await linksOf(db)
      .insertInto(table as 'requestLog')
      .values(rows.slice(at, at + rowsPerInsert))
      .execute()
  }
  const value = String(last.position)
  await db
    .insertInto('meta')
    .values({ name: `${table}Head`, value })
    .onConflict((it) => it.column('name').doUpdateSet({ value }))
    .execute()
}

export async function chainHead(db: Kysely<Schema>, table: ChainTable, genesis: LogHead): Promise<LogHead> {
  const rows = linksOf(db)
    .selectFrom(table as 'requestLog')
    .select(['position', 'hash'])
  const last = (await rows.orderBy('position', 'desc').limit(1).executeTakeFirst()) ?? genesis
  // Where rows are missing at the end, going on at the next free number would heal the gap; it has to stay visible.
  return { position: Math.max(last.position, await storedHead(db, table)), hash: last.hash }
}

export async function storedHead(db: Kysely<Schema>, table: ChainTable): Promise<number> {
  const rows = db.selectFrom('meta').select('value').where('name', '=', `${table}Head`)
  return Number((await rows.executeTakeFirst())?.value ?? 0)
}
