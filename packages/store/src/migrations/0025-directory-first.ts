/**
 * The report of a group's first run: its objects are written where they are in force, so that what is told of each is all
 * that is left to keep.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes } from '../tables.ts'

export function makeDirectoryFirstTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  return createTable(db, types, 'directoryFirst', {
    columns: {
      run: 'number',
      number: 'number',
      kind: 'text',
      id: 'text',
      change: 'text',
      name: 'text',
      dn: 'text',
      detail: 'text?',
    },
    primary: ['run', 'number'],
    isClustered: true,
  })
}
