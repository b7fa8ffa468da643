/**
 * Tables as data: columns, keys and rules, written once for every database.
 *
 * @module
 */
import { sql, type CreateTableBuilder, type Kysely } from 'kysely'

/** The few words in which the databases differ. */
export interface ColumnTypes {
  readonly number: 'integer' | 'bigint'
  readonly bytes: 'blob' | 'bytea'
  /** Compared and sorted by its bytes, whatever language a server was set up for. */
  readonly text: 'text' | 'text collate "C"'
  /** SQLite checks column types only when asked. */
  readonly strict: boolean
}

export const sqliteTypes: ColumnTypes = { number: 'integer', bytes: 'blob', text: 'text', strict: true }

export const postgresTypes: ColumnTypes = {
  number: 'bigint',
  bytes: 'bytea',
  text: 'text collate "C"',
  strict: false,
}

type Column = 'text' | 'number' | 'bytes' | 'text?' | 'number?' | 'bytes?'

export interface Table {
  readonly columns: Readonly<Record<string, Column>>
  readonly primary: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly references?: Readonly<Record<string, string>>
  readonly indexes?: readonly (readonly string[])[]
  /** SQLite: the rows lie in the order of the primary key, and there is no second tree for them. For many short rows. */
  readonly isClustered?: boolean
}

export async function createTable(db: Kysely<unknown>, types: ColumnTypes, name: string, table: Table): Promise<void> {
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(name)
  for (const [column, kind] of Object.entries(table.columns)) {
    const type = kind.startsWith('text') ? types.text : kind.startsWith('number') ? types.number : types.bytes
    builder = builder.addColumn(column, sql.raw(type), (it) => (kind.endsWith('?') ? it : it.notNull()))
  }
  builder = builder.addPrimaryKeyConstraint(`${name}_primary`, [...table.primary])
  for (const columns of table.unique ?? []) {
    builder = builder.addUniqueConstraint(`${name}_${columns.join('_')}_unique`, [...columns])
  }
  for (const [column, target] of Object.entries(table.references ?? {})) {
    const [other = '', key = ''] = target.split('.')
    builder = builder.addForeignKeyConstraint(`${name}_${column}_reference`, [column], other, [key])
  }
  const end = table.isClustered === true ? sql`strict, without rowid` : sql`strict`
  await (types.strict ? builder.modifyEnd(end) : builder).execute()
  for (const columns of table.indexes ?? []) {
    await db.schema
      .createIndex(`${name}_${columns.join('_')}`)
      .on(name)
      .columns([...columns])
      .execute()
  }
}
