/**
 * The store: the console's memory, opened or refused.
 *
 * Everything the console must still know tomorrow goes through here. What is
 * acknowledged is on the disk; what cannot be opened is refused by name and
 * left untouched; secrets lie sealed under a key that is not in the database.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { Kysely } from 'kysely'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { AuditLog } from './audit-log.ts'
import { writeBackup } from './backup.ts'
import { newId } from './context.ts'
import { inspectFile } from './database-file.ts'
import { makeDatabase, migrate } from './database-making.ts'
import { storeFailure } from './failures.ts'
import { Health, type StoreHealth } from './health.ts'
import type { MasterKey } from './master-key.ts'
import { chooseKey, readInstallation, refuseNewer, writeMeta } from './meta.ts'
import { schemaVersion } from './migrations.ts'
import type { Repositories } from './repositories.ts'
import { RequestLog } from './request-log.ts'
import { clearMark, setMark } from './running-mark.ts'
import type { Schema } from './schema.ts'
import { nameOpenError, NodeSqliteDialect } from './sqlite-dialect.ts'
import { openExclusive, reserve } from './sqlite-open.ts'
import { assembleStore, settleKey } from './store-assembly.ts'
import { outsideOnly } from './transaction-guard.ts'
import { Vault } from './vault.ts'

export interface StoreOptions {
  readonly path: string
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly log: Log
  /** `open` refuses when there is no database; for when one has to be there. Default: a missing one is made. */
  readonly whenAbsent?: 'make' | 'refuse'
}

export interface Store extends Repositories {
  readonly installationId: string
  readonly createdAt: Date
  readonly requestLog: RequestLog
  readonly auditLog: AuditLog
  /**
   * All or nothing. Inside, use only the repositories handed in: the store's own
   * wait for this transaction to end, and it would wait for them. A failure from
   * one of them ends it: on PostgreSQL nothing more can be done in it.
   */
  transaction<T>(work: (inside: Repositories) => Promise<T>): Promise<T>
  /**
   * The same, but nobody waits for the disk: after a loss of power it may not have happened, together with all that
   * came after it in this way. It is on the disk with the next ordinary commit. For work that is done again from where
   * an ordinary commit says.
   */
  transactionSavedLater<T>(work: (inside: Repositories) => Promise<T>): Promise<T>
  health(): StoreHealth
  /**
   * Writes a whole copy while work goes on. The key file is not in it.
   *
   * @throws STORE_FILE_EXISTS, STORE_DISK_FULL; STORE_BACKUP_ELSEWHERE on PostgreSQL.
   */
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
      await makeDatabase(path, options.masterKey.key, options.clock.now())
      options.log.info('store made', { path })
    }
    return await openDatabase(options, release)
  } catch (error) {
    release()
    throw error
  }
}

async function openDatabase(options: StoreOptions, release: () => void): Promise<Store> {
  const { path, masterKey, clock, log } = options
  const started = clock.monotonicMs()
  const health = new Health(clock, log)
  const database = openExclusive(path, statSync(path).size)
  try {
    const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, path, health) }).withPlugin(outsideOnly)
    await refuseNewer(db, path)
    const installation = await readInstallation(db, path)
    const key = settleKey(masterKey, chooseKey(installation, path, masterKey))
    await migrate(db)
    if (installation.schemaVersion !== schemaVersion) await writeMeta(db, 'schemaVersion', String(schemaVersion))
    const vault = new Vault(key)
    const requestLog = await RequestLog.open({ db, vault, clock }, installation.id)
    const auditLog = await AuditLog.open({ db, vault, clock }, installation.id)
    await begin(db, path, log)
    log.info('store opened', { path, schemaVersion, tookMs: Math.round(clock.monotonicMs() - started) })
    const ground = { db, vault, clock, log, health, requestLog, auditLog, installation, masterKey, place: path }
    return assembleStore({
      ...ground,
      backup: (to) => backupBetween(db, (begun) => writeBackup(database, { path, to, now: clock.now(), begun })),
      async end() {
        clearMark(path)
        await db.destroy()
        if (database.isOpen) database.close()
        release()
      },
    })
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

/** Lets a backup begin where no transaction is open, and gives the connection back as soon as it has. */
async function backupBetween(db: Kysely<Schema>, write: (begun: () => void) => Promise<void>): Promise<void> {
  let written: Promise<void> | undefined
  await db.connection().execute(
    () =>
      new Promise<void>((resolve) => {
        written = write(resolve)
        written.then(resolve, resolve)
      }),
  )
  await written
}
