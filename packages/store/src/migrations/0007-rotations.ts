/**
 * Rotations: how far the replacement of a group's keys has come, so that a restart goes on with it.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const rotations: Table = {
  columns: {
    id: 'text',
    number: 'number',
    groupId: 'text',
    cause: 'text',
    scope: 'text',
    state: 'text',
    startedAt: 'number',
    startedBy: 'text',
    graceEndsAt: 'number',
    authorityId: 'text?',
    signingId: 'text',
    trustSetNumber: 'number?',
    switchedAt: 'number?',
    endedAt: 'number?',
    leftBehind: 'number?',
  },
  primary: ['id'],
  unique: [['number']],
  indexes: [['groupId', 'number'], ['state']],
}

export async function makeRotationTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'rotations', rotations)
}
