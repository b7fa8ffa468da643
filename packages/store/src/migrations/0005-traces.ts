/**
 * Traces of tests: the newest few of every target.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const traces: Table = {
  columns: { id: 'text', number: 'number', target: 'text', groupId: 'text?', at: 'number', content: 'text' },
  primary: ['id'],
  unique: [['number']],
  indexes: [
    ['target', 'number'],
    ['groupId', 'number'],
  ],
}

export async function makeTraceTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'traces', traces)
}
