/**
 * The store: the console's memory, opened or refused.
 *
 * Everything the console must still know tomorrow goes through here. What is
 * acknowledged is on the disk; what cannot be opened is refused by name and
 * left untouched; secrets lie sealed under a key that is not in the database.
 *
 * @module
 */
import { linkSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { writeFailure } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import type { Secret } from '@sallygate/base/secret'
import { toBase64Url } from '@sallygate/base/bytes'
import { writeBackup } from './backup.ts'
import { newId } from './context.ts'
import { applicationId, inspectFile } from './database-file.ts'
import { storeFailure } from './failures.ts'
import { adoptNextKey, dropNextKey, stageNextKey, type MasterKey } from './master-key.ts'
import { chooseKey, readInstallation, refuseNewer, writeInstallation, writeMeta } from './meta.ts'
import { migrationProvider, schemaVersion, sqliteTypes } from './migrations.ts'
import { repositories, type Repositories } from './repositories.ts'
import { RequestLog } from './request-log.ts'
import type { Schema } from './schema.ts'
import { named, nameOpenError, NodeSqliteDialect, type WriteWatch } from './sqlite-dialect.ts'
import { clearMark, setMark } from './running-mark.ts'
import { openExclusive, reserve } from './sqlite-open.ts'
import { sealKeyCheck, Vault } from './vault.ts'

export interface StoreOptions {
  readonly path: string
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly log: Log
  /** `open` refuses when there is no database; for when one has to be there. Default: a missing one is made. */
  readonly whenAbsent?: 'make' | 'refuse'
}

export type StoreHealth =
  | { readonly kind: 'writable' }
  /** Reads go on. Ends by itself with the first write that works. */
  | { readonly kind: 'readOnly'; readonly since: Date; readonly failure: Failure }

export interface Store extends Repositories {
  readonly installationId: string
  readonly createdAt: Date
  readonly requestLog: RequestLog
  /**
   * All or nothing. Inside, use only the repositories handed in: the store's own
   * wait for this transaction to end, and it would wait for them.
   */
  transaction<T>(work: (inside: Repositories) => Promise<T>): Promise<T>
  health(): StoreHealth
  /** Writes a whole copy while work goes on. The key file is not in it. @throws STORE_FILE_EXISTS, STORE_DISK_FULL. */
  backup(path: string): Promise<void>
  /** Replaces the master key file by a new one. At every moment one of the two files opens the database. */
  rotateMasterKey(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the store, and makes it where there is none.
 *
 * @throws STORE_CORRUPT, STORE_TRUNCATED, STORE_EMPTY_FILE, STORE_FOREIGN, STORE_WRONG_KEY, STORE_TOO_NEW,
 *   STORE_LOCKED, STORE_MISSING, STORE_DISK_FULL, STORE_CANNOT_WRITE.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { path } = options
  const release = reserve(path)
  try {
    if (inspectFile(path) === 'absent') {
      if (options.whenAbsent === 'refuse') throw storeFailure('MISSING', { details: { path } })
      await makeDatabase(options)
    }
    return await openDatabase(options, release)
  } catch (error) {
    release()
    throw error
  }
}

/** Made under another name and linked when whole: a start that is cut short leaves nothing that looks like a database. */
async function makeDatabase(options: StoreOptions): Promise<void> {
  const { path, masterKey, clock, log } = options
  const temporary = `${path}.${process.pid}.making`
  rmSync(temporary, { force: true })
  const database = named(path, () => new DatabaseSync(temporary))
  const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, path, { wrote() {} }) })
  try {
    named(path, () => database.exec(`pragma synchronous = full; pragma application_id = ${applicationId}`))
    await migrate(db)
    await db.transaction().execute(async (inside) => {
      await writeInstallation(inside, masterKey.key, clock.now())
      await new Vault(masterKey.key).addDataKey(inside, '', clock.now())
    })
    database.close()
    publish(temporary, path)
    log.info('store made', { path })
  } catch (cause) {
    throw storeFailure.is(cause) ? cause : writeFailure(cause, path)
  } finally {
    if (database.isOpen) database.close()
    for (const end of ['', '-journal']) rmSync(`${temporary}${end}`, { force: true })
  }
}

/** A link is refused where the name exists: of two consoles that start at once, the second opens what the first made. */
function publish(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  }
}

async function openDatabase(options: StoreOptions, release: () => void): Promise<Store> {
  const { path, masterKey, clock, log } = options
  const started = clock.monotonicMs()
  const watch = new Watch(clock, log)
  const database = openExclusive(path, statSync(path).size)
  try {
    const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, path, watch) })
    await refuseNewer(db, path)
    const installation = await readInstallation(db, path)
    const key = settleKey(masterKey, chooseKey(installation, path, masterKey))
    await migrate(db)
    if (installation.schemaVersion !== schemaVersion) await writeMeta(db, 'schemaVersion', String(schemaVersion))
    const vault = new Vault(key)
    const requestLog = await RequestLog.open({ db, vault, clock }, installation.id)
    await begin(db, path, log)
    log.info('store opened', { path, schemaVersion, tookMs: Math.round(clock.monotonicMs() - started) })
    return assemble({ ...options, release, database, db, vault, watch, requestLog, installation })
  } catch (cause) {
    database.close()
    throw nameOpenError(cause, path)
  }
}

/** The first commit of a session. On a full disk there is none, and reading goes on all the same. */
async function begin(db: Kysely<Schema>, path: string, log: Log): Promise<void> {
  try {
    // A new value each time: SQLite writes nothing for a row that stays as it is.
    await writeMeta(db, 'session', newId())
    setMark(path)
  } catch (failure) {
    if (!storeFailure.is(failure) || failure.retry !== 'later') throw failure
    log.warn('store opened for reading', { failure })
  }
}

interface Parts extends StoreOptions {
  readonly release: () => void
  readonly database: DatabaseSync
  readonly db: Kysely<Schema>
  readonly vault: Vault
  readonly watch: Watch
  readonly requestLog: RequestLog
  readonly installation: { readonly id: string; readonly createdAt: Date }
}

function assemble(parts: Parts): Store {
  const { db, vault, clock, path, database, requestLog } = parts
  return {
    ...repositories({ db, vault, clock }),
    installationId: parts.installation.id,
    createdAt: parts.installation.createdAt,
    requestLog,
    transaction: (work) => db.transaction().execute((inside) => work(repositories({ db: inside, vault, clock }))),
    health: () => parts.watch.health,
    async backup(to) {
      await requestLog.flush()
      await writeBackup(database, path, to, clock.now())
    },
    rotateMasterKey: () => rotate(parts),
    async close() {
      await requestLog.flush()
      clearMark(path)
      await db.destroy()
      if (database.isOpen) database.close()
      parts.release()
    },
  }
}

async function rotate({ db, vault, masterKey, installation, log }: Parts): Promise<void> {
  const next = stageNextKey(masterKey.path)
  const adopt = await db.transaction().execute(async (inside) => {
    const done = await vault.rewrap(inside, next)
    await writeMeta(inside, 'keyCheck', toBase64Url(sealKeyCheck(next, installation.id)))
    return done
  })
  adopt()
  adoptNextKey(masterKey.path)
  log.info('master key rotated', { path: masterKey.path })
}

/** Ends a rotation that was interrupted, in whichever direction the database went. */
function settleKey(masterKey: MasterKey, chosen: 'key' | 'next'): Secret<Buffer> {
  if (chosen === 'next' && masterKey.next !== undefined) {
    adoptNextKey(masterKey.path)
    return masterKey.next
  }
  if (masterKey.next !== undefined) dropNextKey(masterKey.path)
  return masterKey.key
}

async function migrate(db: Kysely<Schema>): Promise<void> {
  const { error } = await new Migrator({ db, provider: migrationProvider(sqliteTypes) }).migrateToLatest()
  if (error !== undefined) throw error
}

/** Knows whether the last write worked. */
class Watch implements WriteWatch {
  readonly #clock: Clock
  readonly #log: Log
  health: StoreHealth = { kind: 'writable' }

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  wrote(failure: Failure | undefined): void {
    if (failure !== undefined && this.health.kind === 'writable') {
      this.health = { kind: 'readOnly', since: this.#clock.now(), failure }
      this.#log.error('store cannot write', { failure })
    } else if (failure === undefined && this.health.kind === 'readOnly') {
      this.#log.info('store writes again', { since: this.health.since })
      this.health = { kind: 'writable' }
    }
  }
}
