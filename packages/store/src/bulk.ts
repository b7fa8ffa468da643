/**
 * Many rows at once: one statement for two hundred of them, compiled once.
 *
 * A query builder takes longer to write such a statement than a database to carry it
 * out. Names of tables and columns are the program's; values are always parameters.
 *
 * @module
 */
import { CompiledQuery, PostgresAdapter, type Kysely } from 'kysely'
import type { Schema } from './schema.ts'

type Value = string | number | Uint8Array | null

/** Of a full statement. Few parameters stay well below what either database takes. */
const rowsAtOnce = 200
const texts = new Map<string, string>()

export interface BulkInsert {
  readonly into: keyof Schema
  readonly columns: readonly string[]
  /** Rows that are there already are written over, but for these columns, which say which row it is. */
  readonly conflict?: readonly string[]
  /** Written over only these; all but `conflict` unless given. */
  readonly set?: readonly string[]
}

/** @returns how many rows were inserted or written over. */
export async function insertRows(
  db: Kysely<Schema>,
  insert: BulkInsert,
  rows: readonly (readonly Value[])[],
): Promise<number> {
  let affected = 0
  for (let at = 0; at < rows.length;) {
    const left = rows.length - at
    // Three sizes, so that a database keeps three statements and not two hundred.
    const size = left >= rowsAtOnce ? rowsAtOnce : left >= 20 ? 20 : 1
    const values: Value[] = []
    for (const row of rows.slice(at, at + size)) for (const value of row) values.push(value)
    const { numAffectedRows } = await db.executeQuery(CompiledQuery.raw(textOf(insert, size, isPostgres(db)), values))
    affected += Number(numAffectedRows ?? 0)
    at += size
  }
  return affected
}

export function isPostgres(db: Kysely<Schema>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

function textOf(insert: BulkInsert, size: number, isNumbered: boolean): string {
  const { into, columns, conflict, set } = insert
  const name = [into, size, isNumbered, ...columns, '|', ...(conflict ?? []), '|', ...(set ?? [])].join(' ')
  const known = texts.get(name)
  if (known !== undefined) return known
  let number = 0
  const row = () => `(${columns.map(() => (isNumbered ? `$${++number}` : '?')).join(',')})`
  const rows = Array.from({ length: size }, row).join(',')
  const written = set ?? columns.filter((column) => conflict?.includes(column) !== true)
  const update = written.map((column) => `"${column}" = excluded."${column}"`).join(', ')
  const tail =
    conflict === undefined
      ? ''
      : ` on conflict (${conflict.map((column) => `"${column}"`).join(',')}) do ${update === '' ? 'nothing' : `update set ${update}`}`
  const text = `insert into "${into}" (${columns.map((column) => `"${column}"`).join(',')}) values ${rows}${tail}`
  texts.set(name, text)
  return text
}
