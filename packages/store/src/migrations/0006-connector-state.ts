/**
 * What an administrator wants of a connector: work, a pause, and how large a share.
 *
 * A connector without a row takes work, with the full weight.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const connectorStates: Table = {
  columns: { instanceId: 'text', state: 'text', weight: 'number', changedAt: 'number' },
  primary: ['instanceId'],
}

export async function makeConnectorStateTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'connectorStates', connectorStates)
}
