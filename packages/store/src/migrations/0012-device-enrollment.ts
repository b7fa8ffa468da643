/**
 * How devices come in: secrets of groups, kept as digests, and the keys that agents made for themselves.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const enrollmentTables: Readonly<Record<string, Table>> = {
  deviceEnrollmentCodes: {
    columns: {
      id: 'text',
      groupId: 'text',
      digest: 'bytes',
      label: 'text',
      needsLogin: 'number',
      usesLeft: 'number',
      createdAt: 'number',
      expiresAt: 'number',
      revokedAt: 'number?',
      usedAt: 'number?',
    },
    primary: ['id'],
    unique: [['digest']],
    indexes: [['groupId', 'createdAt']],
  },
  deviceCredentials: {
    columns: {
      deviceId: 'text',
      publicKey: 'bytes',
      sequence: 'number',
      createdAt: 'number',
      lastUsedAt: 'number',
      userName: 'text?',
    },
    primary: ['deviceId'],
    unique: [['publicKey']],
  },
}

export async function makeDeviceEnrollmentTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(enrollmentTables)) await createTable(db, types, name, table)
}
