/**
 * Compliance policies.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const devicePolicies: Table = {
  columns: { id: 'text', groupId: 'text', name: 'text', nameKey: 'text', content: 'text', changedAt: 'number' },
  primary: ['id'],
  unique: [['groupId', 'nameKey']],
}

export async function makeDevicePolicyTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'devicePolicies', devicePolicies)
}
