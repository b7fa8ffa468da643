/**
 * Audit log, events, and answers kept for requests that come twice.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const auditEventTables: Readonly<Record<string, Table>> = {
  auditLog: {
    columns: {
      position: 'number',
      at: 'number',
      actorKind: 'text',
      actorId: 'text',
      actorName: 'text',
      source: 'text',
      action: 'text',
      object: 'text',
      groupId: 'text?',
      note: 'text?',
      outcome: 'text',
      begun: 'number?',
      traceId: 'text',
      inputDigest: 'bytes?',
      outputDigest: 'bytes?',
      previousHash: 'bytes',
      hash: 'bytes',
    },
    primary: ['position'],
    indexes: [['begun'], ['at'], ['groupId', 'position']],
  },
  events: {
    columns: {
      number: 'number',
      id: 'text',
      at: 'number',
      severity: 'text',
      category: 'text',
      groupId: 'text?',
      about: 'text',
      details: 'text',
    },
    primary: ['number'],
    indexes: [['at'], ['groupId', 'number']],
  },
  keptAnswers: {
    columns: { key: 'text', process: 'text', sealed: 'bytes', expiresAt: 'number' },
    primary: ['key'],
    indexes: [['expiresAt']],
  },
}

export async function makeAuditEventTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(auditEventTables)) await createTable(db, types, name, table)
}
