/**
 * The first migration: what the console needs to know who is who. Released as it is; never edited.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const identityTables: Readonly<Record<string, Table>> = {
  meta: { columns: { name: 'text', value: 'text' }, primary: ['name'] },
  dataKeys: {
    columns: { scope: 'text', version: 'number', sealed: 'bytes', createdAt: 'number' },
    primary: ['scope', 'version'],
  },
  groups: {
    columns: {
      id: 'text',
      parentId: 'text?',
      parentKey: 'text',
      name: 'text',
      nameKey: 'text',
      createdAt: 'number',
    },
    primary: ['id'],
    unique: [['parentKey', 'nameKey']],
    references: { parentId: 'groups.id' },
  },
  certificates: {
    columns: {
      id: 'text',
      groupId: 'text?',
      kind: 'text',
      der: 'bytes',
      keyId: 'text',
      serial: 'text',
      notBefore: 'number',
      notAfter: 'number',
      status: 'text',
      createdAt: 'number',
    },
    primary: ['id'],
    references: { groupId: 'groups.id' },
    indexes: [['groupId', 'kind', 'status'], ['keyId']],
  },
  keys: {
    columns: {
      id: 'text',
      groupId: 'text?',
      certificateId: 'text?',
      purpose: 'text',
      sealed: 'bytes',
      createdAt: 'number',
    },
    primary: ['id'],
    references: { groupId: 'groups.id', certificateId: 'certificates.id' },
    indexes: [['purpose', 'groupId'], ['certificateId']],
  },
  instances: {
    columns: {
      id: 'text',
      groupId: 'text',
      name: 'text',
      publicKey: 'bytes',
      keyId: 'text',
      certificateId: 'text',
      status: 'text',
      createdAt: 'number',
      revokedAt: 'number?',
      lastSeen: 'number?',
      software: 'text?',
      policyDigest: 'text?',
      trustSetNumber: 'number?',
    },
    primary: ['id'],
    unique: [['keyId']],
    references: { groupId: 'groups.id', certificateId: 'certificates.id' },
    indexes: [['groupId', 'status']],
  },
  enrollmentCodes: {
    columns: {
      codeId: 'text',
      groupId: 'text',
      sealedSecret: 'bytes',
      name: 'text',
      createdAt: 'number',
      expiresAt: 'number',
      usedAt: 'number?',
      usedBy: 'text?',
    },
    primary: ['codeId'],
    references: { groupId: 'groups.id' },
    indexes: [['groupId']],
  },
  installers: {
    columns: {
      keyId: 'text',
      groupId: 'text',
      usesLeft: 'number',
      createdAt: 'number',
      expiresAt: 'number',
      revokedAt: 'number?',
    },
    primary: ['keyId'],
    references: { groupId: 'groups.id' },
    indexes: [['groupId']],
  },
  admins: {
    columns: {
      id: 'text',
      name: 'text',
      nameKey: 'text',
      passwordHash: 'text',
      createdAt: 'number',
      failedCount: 'number',
      throttledUntil: 'number?',
    },
    primary: ['id'],
    unique: [['nameKey']],
  },
  apiKeys: {
    columns: {
      id: 'text',
      digest: 'bytes',
      name: 'text',
      createdAt: 'number',
      expiresAt: 'number?',
      revokedAt: 'number?',
    },
    primary: ['id'],
    unique: [['digest']],
  },
  serviceSettings: {
    columns: { groupId: 'text', service: 'text', settings: 'text', generation: 'number', updatedAt: 'number' },
    primary: ['groupId', 'service'],
    references: { groupId: 'groups.id' },
  },
  serviceSecrets: {
    columns: { groupId: 'text', service: 'text', field: 'text', sealed: 'bytes' },
    primary: ['groupId', 'service', 'field'],
    references: { groupId: 'groups.id' },
  },
  trustSets: {
    columns: { groupId: 'text', number: 'number', issuedAt: 'number', bytes: 'bytes' },
    primary: ['groupId', 'number'],
    references: { groupId: 'groups.id' },
  },
  admissionLists: {
    columns: { relayId: 'text', number: 'number', issuedAt: 'number', bytes: 'bytes' },
    primary: ['relayId', 'number'],
  },
  counters: { columns: { name: 'text', value: 'number' }, primary: ['name'] },
  requestLog: {
    columns: {
      position: 'number',
      requestId: 'text',
      requestDigest: 'bytes',
      replyDigest: 'bytes?',
      outcome: 'text',
      operation: 'text',
      groupId: 'text',
      instanceId: 'text?',
      component: 'text',
      at: 'number',
      previousHash: 'bytes',
      hash: 'bytes',
    },
    primary: ['position'],
  },
}

export async function makeIdentityTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(identityTables)) await createTable(db, types, name, table)
}
