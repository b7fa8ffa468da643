/**
 * node:sqlite under kysely: the adapter, and what its errors mean.
 *
 * Statements are compiled once and kept, up to a bound. Failures of the disk get
 * their names here, so that no repository has to know SQLite's numbers.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
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
  const witness = new WriteWitness(database, path, watch)
  const prepare = (text: string): SqliteStatement => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const statement = adaptStatement(database, text, path, witness)
    if (kept.size >= keptStatements) kept.delete(kept.keys().next().value ?? '')
    kept.set(text, statement)
    return statement
  }
  return { prepare, close: () => database.close() }
}

function adaptStatement(database: DatabaseSync, text: string, path: string, witness: WriteWitness): SqliteStatement {
  const compiled = named(path, () => database.prepare(text))
  const kind = /^\s*(?:insert|update|delete|create)\b/i.test(text) ? 'change' : text === 'commit' ? 'commit' : 'other'
  const all = (parameters: readonly unknown[]) => compiled.all(...(parameters as SQLInputValue[]))
  const run = (parameters: readonly unknown[]) => compiled.run(...(parameters as SQLInputValue[]))
  return {
    reader: compiled.columns().length > 0,
    all: (parameters) =>
      witness.watch(
        kind,
        () => all(parameters),
        (rows) => rows.length > 0,
      ),
    run(parameters) {
      // A full disk makes SQLite roll back by itself; rolling back once more would hide the first error.
      if (text === 'rollback' && !database.isTransaction) return { changes: 0, lastInsertRowid: 0 }
      return witness.watch(
        kind,
        () => run(parameters),
        ({ changes }) => changes > 0,
      )
    },
    iterate: (parameters) => compiled.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
  }
}

/** Sees which statements reached the disk: inside a transaction none has, and what changed nothing did not try. */
class WriteWitness {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #watch: WriteWatch
  #isDirty = false

  constructor(database: DatabaseSync, path: string, watch: WriteWatch) {
    this.#database = database
    this.#path = path
    this.#watch = watch
  }

  watch<T>(kind: 'change' | 'commit' | 'other', work: () => T, didChange: (result: T) => boolean): T {
    try {
      const result = work()
      if (kind === 'change' && didChange(result)) this.#isDirty = true
      if (kind !== 'other' && this.#isDirty && !this.#database.isTransaction) {
        this.#isDirty = false
        this.#watch.wrote(undefined)
      }
      return result
    } catch (cause) {
      const error = nameSqliteError(cause, this.#path)
      if (kind !== 'other' && storeFailure.is(error)) {
        this.#isDirty = false
        this.#watch.wrote(error)
      }
      throw error
    }
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

/** While opening, a table or column that is not there means that somebody took it away. */
export function nameOpenError(cause: unknown, path: string): unknown {
  const isSqlite = (cause as { errcode?: number } | undefined)?.errcode !== undefined
  return isSqlite ? storeFailure('CORRUPT', { cause, details: { path, missing: 'tables' } }) : cause
}
