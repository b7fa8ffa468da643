/**
 * The third migration: what an account may, and who is signed in. Never edited once released.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const tables: Readonly<Record<string, Table>> = {
  adminAccounts: {
    columns: {
      adminId: 'text',
      kind: 'text',
      groupKey: 'text',
      disabledAt: 'number?',
      expiresAt: 'number?',
      pinHash: 'text?',
      totpSealed: 'bytes?',
      totpConfirmedAt: 'number?',
      totpStep: 'number',
    },
    primary: ['adminId'],
    references: { adminId: 'admins.id' },
    indexes: [['groupKey']],
  },
  recoveryCodes: {
    columns: { adminId: 'text', digest: 'bytes' },
    primary: ['adminId', 'digest'],
    references: { adminId: 'admins.id' },
  },
  sessions: {
    columns: { digest: 'bytes', adminId: 'text', createdAt: 'number', lastSeenAt: 'number', expiresAt: 'number' },
    primary: ['digest'],
    references: { adminId: 'admins.id' },
    indexes: [['adminId']],
  },
  roles: {
    columns: {
      id: 'text',
      groupKey: 'text',
      name: 'text',
      nameKey: 'text',
      resources: 'text',
      createdAt: 'number',
    },
    primary: ['id'],
    unique: [['groupKey', 'nameKey']],
  },
  roleAssignments: {
    columns: { subjectKind: 'text', subjectId: 'text', roleId: 'text', groupKey: 'text', createdAt: 'number' },
    primary: ['subjectKind', 'subjectId', 'roleId', 'groupKey'],
    indexes: [['roleId', 'groupKey']],
  },
}

/** Until now every account and every API key could do everything; none of them may lose it by an update. */
export async function makeAdminTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(tables)) await createTable(db, types, name, table)
  await sql`insert into ${sql.table('adminAccounts')} (${sql.join(
    ['adminId', 'kind', 'groupKey', 'totpStep'].map((column) => sql.ref(column)),
  )}) select ${sql.ref('id')}, 'local', '', 0 from ${sql.table('admins')}`.execute(db)
  for (const [kind, table] of [
    ['admin', 'admins'],
    ['apiKey', 'apiKeys'],
  ] as const) {
    await sql`insert into ${sql.table('roleAssignments')} (${sql.join(
      ['subjectKind', 'subjectId', 'roleId', 'groupKey', 'createdAt'].map((column) => sql.ref(column)),
    )}) select ${sql.lit(kind)}, ${sql.ref('id')}, 'administrator', '', ${sql.ref('createdAt')} from ${sql.table(
      table,
    )}`.execute(db)
  }
}
