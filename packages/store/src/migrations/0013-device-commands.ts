/**
 * What devices are asked to do, and what became of each device.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const commandTables: Readonly<Record<string, Table>> = {
  deviceCommands: {
    columns: {
      id: 'text',
      deviceId: 'text',
      kind: 'text',
      state: 'text',
      text: 'text?',
      requestedBy: 'text',
      note: 'text?',
      dedupKey: 'text?',
      requestedAt: 'number',
      expiresAt: 'number',
      sentAt: 'number?',
      endedAt: 'number?',
      result: 'text?',
    },
    primary: ['id'],
    unique: [['deviceId', 'dedupKey']],
    indexes: [
      ['deviceId', 'requestedAt'],
      ['state', 'expiresAt'],
    ],
  },
  deviceHistory: {
    columns: { deviceId: 'text', number: 'number', at: 'number', kind: 'text', details: 'text' },
    primary: ['deviceId', 'number'],
  },
}

export async function makeDeviceCommandTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(commandTables)) await createTable(db, types, name, table)
}
