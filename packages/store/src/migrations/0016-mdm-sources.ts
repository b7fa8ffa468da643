/**
 * How other people's agents and servers tell of devices: secrets of inventory agents, and MDM servers that are asked.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const agentSecrets: Table = {
  columns: {
    id: 'text',
    groupId: 'text',
    digest: 'bytes',
    name: 'text',
    createdAt: 'number',
    expiresAt: 'number?',
    revokedAt: 'number?',
    lastUsedAt: 'number?',
    lastAgent: 'text?',
  },
  primary: ['id'],
  unique: [['digest']],
  references: { groupId: 'groups.id' },
}

const mdmSources: Table = {
  columns: {
    id: 'text',
    groupId: 'text',
    name: 'text',
    settings: 'text',
    sealed: 'bytes?',
    state: 'text',
    createdAt: 'number',
    updatedAt: 'number',
  },
  primary: ['id'],
  references: { groupId: 'groups.id' },
  indexes: [['groupId']],
}

/** What a source told of in its last whole answer, and in how many whole answers since then it did not. */
const mdmSourceDevices: Table = {
  columns: { source: 'text', sourceId: 'text', missing: 'number' },
  primary: ['source', 'sourceId'],
  references: { source: 'mdmSources.id' },
}

export async function makeMdmSourceTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'agentSecrets', agentSecrets)
  await createTable(db, types, 'mdmSources', mdmSources)
  await createTable(db, types, 'mdmSourceDevices', mdmSourceDevices)
}
