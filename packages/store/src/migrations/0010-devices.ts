/**
 * Devices: a narrow row to search and sort by, one row with all that is known, and by what a device is found.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const deviceTables: Readonly<Record<string, Table>> = {
  devices: {
    columns: {
      id: 'text',
      groupId: 'text',
      state: 'text',
      name: 'text',
      nameKey: 'text',
      hostName: 'text',
      serial: 'text',
      userName: 'text',
      manufacturer: 'text',
      model: 'text',
      platform: 'text',
      osVersion: 'text',
      ownership: 'text',
      mac: 'text',
      macCount: 'number',
      randomMacs: 'number',
      diskEncrypted: 'number?',
      pinLocked: 'number?',
      jailBroken: 'number?',
      compliant: 'number',
      failing: 'number',
      failingPolicies: 'text',
      sources: 'text',
      search: 'text',
      enrolledAt: 'number',
      lastReportAt: 'number',
      stateAt: 'number',
      nextEvaluationAt: 'number?',
    },
    primary: ['id'],
    indexes: [
      ['nameKey', 'id'],
      ['lastReportAt', 'id'],
      ['groupId', 'nameKey', 'id'],
      ['nextEvaluationAt'],
      // The columns that are counted by: read from the index alone.
      ['state', 'compliant', 'platform', 'ownership', 'groupId'],
    ],
  },
  deviceDetails: {
    columns: { deviceId: 'text', content: 'text' },
    primary: ['deviceId'],
  },
  deviceIdentifiers: {
    columns: { kind: 'text', key: 'text', deviceId: 'text', isCurrent: 'number', lastSeenAt: 'number' },
    primary: ['kind', 'key', 'deviceId'],
    indexes: [['deviceId']],
  },
  deviceSources: {
    columns: { groupId: 'text', source: 'text', sourceId: 'text', deviceId: 'text' },
    primary: ['source', 'sourceId', 'groupId'],
    indexes: [['deviceId']],
  },
}

export async function makeDeviceTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(deviceTables)) await createTable(db, types, name, table)
}
