/**
 * node:sqlite under kysely: the adapter, and what its errors mean.
 *
 * Statements are compiled once and kept, up to a bound. Failures of the disk get
 * their names here, so that no repository has to know SQLite's numbers.
 *
 * @module
 */
import type { DatabaseSync, StatementSync, SQLInputValue } from 'node:sqlite'
import { SqliteAdapter, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import type { Failure } from '@sallygate/base/failure'
import { storeFailure } from './failures.ts'

/** More than the repositories have queries; only lists of varying length ever push one out. */
const keptStatements = 256

export interface WriteWatch {
  /** Called after each statement that changed something or failed to. */
  wrote(failure: Failure | undefined): void
}

export class NodeSqliteDialect extends SqliteDialect {
  constructor(database: DatabaseSync, path: string, watch: WriteWatch) {
    super({ database: adapt(database, path, watch) })
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

/** SQLite can roll a table's creation back; a migration that fails half-way must leave nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

function adapt(database: DatabaseSync, path: string, watch: WriteWatch): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  const prepare = (text: string): SqliteStatement => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const statement = adaptStatement(database, text, path, watch)
    if (kept.size >= keptStatements) kept.delete(kept.keys().next().value ?? '')
    kept.set(text, statement)
    return statement
  }
  return { prepare, close: () => database.close() }
}

function adaptStatement(database: DatabaseSync, text: string, path: string, watch: WriteWatch): SqliteStatement {
  const compiled = named(path, () => database.prepare(text))
  const reader = compiled.columns().length > 0
  const isWrite = !/^\s*(?:select|begin|pragma|with)\b/i.test(text)
  const guarded = <T>(run: (statement: StatementSync) => T): T => {
    try {
      const result = run(compiled)
      if (isWrite) watch.wrote(undefined)
      return result
    } catch (cause) {
      const error = nameSqliteError(cause, path)
      if (isWrite && storeFailure.is(error)) watch.wrote(error)
      throw error
    }
  }
  // A full disk makes SQLite roll back by itself; rolling back once more would hide the first error.
  const isMoot = () => text === 'rollback' && !database.isTransaction
  return {
    reader,
    all: (parameters) => guarded((it) => it.all(...(parameters as SQLInputValue[]))),
    run: (parameters) =>
      isMoot() ? { changes: 0, lastInsertRowid: 0 } : guarded((it) => it.run(...(parameters as SQLInputValue[]))),
    iterate: (parameters) => compiled.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
  }
}

/** Runs something on the database itself and gives its failures their names. */
export function named<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw nameSqliteError(cause, path)
  }
}

/** Result codes of https://www.sqlite.org/rescode.html; the low byte is the kind. */
const kinds = new Map<number, Parameters<typeof storeFailure>[0]>([
  [5, 'LOCKED'],
  [8, 'CANNOT_WRITE'],
  [10, 'CANNOT_WRITE'],
  [11, 'CORRUPT'],
  [13, 'DISK_FULL'],
  [14, 'CANNOT_WRITE'],
  [26, 'FOREIGN'],
])

/** @returns a failure of the store, or the error itself where it is a broken rule of the schema or a bug. */
export function nameSqliteError(cause: unknown, path: string): unknown {
  const number = (cause as { errcode?: number } | undefined)?.errcode
  const kind = number === undefined ? undefined : kinds.get(number & 0xff)
  return kind === undefined ? cause : storeFailure(kind, { cause, details: { path, sqlite: number ?? 0 } })
}

/** Whether a unique rule or primary key stood in the way: SQLite's extended codes, PostgreSQL's class 23. */
export function isDuplicate(error: unknown): boolean {
  const { errcode, code } = error as { errcode?: number; code?: string }
  return errcode === 2067 || errcode === 1555 || code === '23505'
}
