/**
 * People and groups of a directory, the runs that read them, and what a run has read so far.
 *
 * A group of ours is a small number here (`scope`): it stands in every index a hundred thousand times.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const tables: Readonly<Record<string, Table>> = {
  directoryScopes: {
    columns: { groupId: 'text', scope: 'number', state: 'text' },
    primary: ['groupId'],
    unique: [['scope']],
    references: { groupId: 'groups.id' },
  },
  directoryRuns: {
    columns: {
      run: 'number',
      id: 'text',
      groupId: 'text',
      scope: 'number',
      number: 'number',
      state: 'text',
      detail: 'text',
      startedAt: 'number',
      endedAt: 'number?',
    },
    primary: ['run'],
    unique: [['id'], ['scope', 'number']],
    references: { groupId: 'groups.id' },
    indexes: [['state']],
  },
  directoryObjects: {
    columns: {
      number: 'number',
      scope: 'number',
      kind: 'text',
      id: 'text',
      name: 'text',
      nameKey: 'text',
      login: 'text?',
      loginKey: 'text?',
      mail: 'text?',
      dn: 'text',
      key: 'text',
      sid: 'text?',
      primarySid: 'text?',
      flags: 'number',
      expiresAt: 'number?',
      digest: 'bytes',
      membersDigest: 'bytes?',
      content: 'number',
      syncedAt: 'number',
    },
    primary: ['number'],
    unique: [['scope', 'kind', 'id']],
    indexes: [
      ['scope', 'key'],
      ['scope', 'kind', 'nameKey', 'number'],
    ],
  },
  /** Fields, written once when they are read; an object points to its newest. */
  directoryContents: { columns: { content: 'number', fields: 'text' }, primary: ['content'] },
  /** Members that could be told who they are. */
  directoryMembers: {
    columns: { parent: 'number', child: 'number' },
    primary: ['parent', 'child'],
    indexes: [['child', 'parent']],
    isClustered: true,
  },
  /** Members that are nobody here: outside of what is synchronized, or not there any more. */
  directoryLooseMembers: {
    columns: { parent: 'number', ref: 'text', scope: 'number' },
    primary: ['parent', 'ref'],
    indexes: [['scope', 'ref']],
    isClustered: true,
  },
  /** What a run has read, and afterwards what it did: its report. */
  directoryStaged: {
    columns: {
      run: 'number',
      kind: 'text',
      id: 'text',
      number: 'number',
      attempt: 'number',
      change: 'text',
      name: 'text',
      nameKey: 'text',
      login: 'text?',
      loginKey: 'text?',
      mail: 'text?',
      dn: 'text',
      key: 'text',
      sid: 'text?',
      primarySid: 'text?',
      flags: 'number',
      expiresAt: 'number?',
      digest: 'bytes?',
      membersDigest: 'bytes?',
      content: 'number?',
      detail: 'text?',
    },
    // In the order in which they are read, so that a run is written at the end of the table.
    primary: ['run', 'number'],
    unique: [['run', 'kind', 'id']],
    isClustered: true,
  },
  directoryStagedMembers: {
    columns: {
      run: 'number',
      number: 'number',
      part: 'number',
      attempt: 'number',
      digest: 'bytes',
      count: 'number',
      refs: 'text',
    },
    primary: ['run', 'number', 'part'],
  },
}

/** Only where there is something to find: most directories have none of these. */
const sparse = [
  ['directoryObjects', 'sid'],
  ['directoryObjects', 'primarySid'],
  ['directoryObjects', 'loginKey'],
] as const

export async function makeDirectorySyncTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  for (const [name, table] of Object.entries(tables)) await createTable(db, types, name, table)
  for (const [table, column] of sparse) {
    const index = sql.ref(`${table}_scope_${column}`)
    const [on, of] = [sql.table(table), sql.ref(column)]
    await sql`create index ${index} on ${on} (${sql.ref('scope')}, ${of}) where ${of} is not null`.execute(db)
  }
}
