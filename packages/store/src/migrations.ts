/**
 * Migrations: how a database becomes what this program expects. Forward only.
 *
 * The list is closed and its order is the order of names. A migration that has
 * been released is never edited; the next change is the next entry.
 *
 * @module
 */
import type { CreateTableBuilder, Kysely } from 'kysely'
import type { Migration, MigrationProvider } from 'kysely/migration'
import { sql } from 'kysely'

/** The few words in which the databases differ. */
export interface ColumnTypes {
  readonly number: 'integer' | 'bigint'
  readonly bytes: 'blob' | 'bytea'
  /** SQLite checks column types only when asked. */
  readonly strict: boolean
}

export const sqliteTypes: ColumnTypes = { number: 'integer', bytes: 'blob', strict: true }

const schemaNames = ['001-identity'] as const

/** What this program writes into `meta`, and the newest it can read. */
export const schemaVersion = schemaNames.length

export function isKnownMigration(name: string): boolean {
  return (schemaNames as readonly string[]).includes(name)
}

export function migrationProvider(types: ColumnTypes): MigrationProvider {
  const all: Record<(typeof schemaNames)[number], Migration> = { '001-identity': { up: (db) => identity(db, types) } }
  return { getMigrations: () => Promise.resolve(all) }
}

type Column = 'text' | 'number' | 'bytes' | 'text?' | 'number?' | 'bytes?'

interface Table {
  readonly columns: Readonly<Record<string, Column>>
  readonly primary: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly references?: Readonly<Record<string, string>>
  readonly indexes?: readonly (readonly string[])[]
}

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

async function identity(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(identityTables)) await createTable(db, types, name, table)
}

async function createTable(db: Kysely<unknown>, types: ColumnTypes, name: string, table: Table): Promise<void> {
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(name)
  for (const [column, kind] of Object.entries(table.columns)) {
    const type = kind.startsWith('text') ? 'text' : kind.startsWith('number') ? types.number : types.bytes
    builder = builder.addColumn(column, type, (it) => (kind.endsWith('?') ? it : it.notNull()))
  }
  builder = builder.addPrimaryKeyConstraint(`${name}_primary`, [...table.primary])
  for (const columns of table.unique ?? []) {
    builder = builder.addUniqueConstraint(`${name}_${columns.join('_')}_unique`, [...columns])
  }
  for (const [column, target] of Object.entries(table.references ?? {})) {
    const [other = '', key = ''] = target.split('.')
    builder = builder.addForeignKeyConstraint(`${name}_${column}_reference`, [column], other, [key])
  }
  await (types.strict ? builder.modifyEnd(sql`strict`) : builder).execute()
  for (const columns of table.indexes ?? []) {
    await db.schema
      .createIndex(`${name}_${columns.join('_')}`)
      .on(name)
      .columns([...columns])
      .execute()
  }
}
