/**
 * Syslog: collectors of a group, how far each has come, and the stream of what may have to be sent to them.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const syslogTables: Readonly<Record<string, Table>> = {
  syslogTargets: {
    columns: {
      id: 'text',
      groupId: 'text',
      name: 'text',
      settings: 'text',
      sealed: 'bytes?',
      createdAt: 'number',
      updatedAt: 'number',
    },
    primary: ['id'],
    references: { groupId: 'groups.id' },
    indexes: [['groupId']],
  },
  syslogPositions: {
    columns: { target: 'text', position: 'number', sequence: 'number', state: 'text' },
    primary: ['target'],
    references: { target: 'syslogTargets.id' },
  },
  syslogFeed: {
    columns: {
      number: 'number',
      groupId: 'text?',
      at: 'number',
      severity: 'text',
      category: 'text',
      target: 'text?',
      bytes: 'number',
      content: 'text',
    },
    primary: ['number'],
  },
}

export async function makeSyslogTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(syslogTables)) await createTable(db, types, name, table)
  // Rows of a history are numbered per device; this is their place among those of all devices. Older rows have none.
  await db.schema.alterTable('deviceHistory').addColumn('place', sql.raw(types.number)).execute()
  await db.schema.createIndex('deviceHistory_place').on('deviceHistory').column('place').execute()
}
