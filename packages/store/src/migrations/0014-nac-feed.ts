/**
 * The feed of nac: the newest state of everything nac is told, numbered as it changed.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const nacFeed: Table = {
  columns: { number: 'number', kind: 'text', id: 'text', content: 'text?', at: 'number' },
  primary: ['number'],
  unique: [['kind', 'id']],
}

export async function makeNacFeedTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'nacFeed', nacFeed)
}
