/**
 * Backups: a whole copy of the database, made while it is in use, and looked at before it is trusted.
 *
 * A backup holds no readable secret and does not hold the master key; both are
 * needed to come back.
 *
 * @module
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { writeFailure } from '@sallygate/base/file'
import { inspectFile } from './database-file.ts'
import { storeFailure } from './failures.ts'
import type { MasterKey } from './master-key.ts'
import { readInstallation, refuseNewer } from './meta.ts'
import type { Schema } from './schema.ts'
import { named, nameOpenError, nameSqliteError, NodeSqliteDialect } from './sqlite-dialect.ts'
import { checkIntegrity, reserve } from './sqlite-open.ts'
import { opensKeyCheck } from './sealing.ts'

export interface BackupFacts {
  readonly installationId: string
  readonly schemaVersion: number
  readonly createdAt: Date
  readonly takenAt: Date | undefined
  readonly groups: number
  readonly instances: number
  readonly requests: number
  /** Absent when no key was given. */
  readonly keyFits: boolean | undefined
}

/**
 * @param begun Called when the first pages are copied. Until then nobody may write: SQLite answers "locked" to a copy
 *   that begins inside of a transaction of its own connection, and Node takes that for an error without a name. A copy
 *   that has begun waits for writers, and takes in what they write.
 * @throws STORE_FILE_EXISTS, STORE_DISK_FULL, STORE_CANNOT_WRITE.
 */
export async function writeBackup(
  database: DatabaseSync,
  { path, to, now, begun }: { path: string; to: string; now: Date; begun: () => void },
): Promise<void> {
  if (existsSync(to)) throw storeFailure('FILE_EXISTS', { details: { path: to } })
  const temporary = `${to}.${process.pid}.new`
  try {
    closeSync(openSync(temporary, 'wx', 0o600))
    await backup(database, temporary, { progress: begun })
    markBackup(temporary, now)
    renameSync(temporary, to)
  } catch (cause) {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${temporary}${end}`, { force: true })
    const error = nameSqliteError(cause, to)
    throw storeFailure.is(error) ? error : writeFailure(cause, path)
  }
}

/** One file that says when it was taken, and that can be read where nothing can be written. */
function markBackup(path: string, now: Date): void {
  const copy = new DatabaseSync(path)
  try {
    copy.exec('pragma journal_mode = delete; pragma synchronous = full')
    copy.prepare("insert or replace into meta (name, value) values ('backupTakenAt', ?)").run(now.toISOString())
    // Whoever signed out since would be signed in again, with what a browser may still have.
    copy.exec('delete from sessions')
    // What comes back from here is another history than the one nac has read (nac-feed.ts).
    copy.exec("delete from meta where name = 'nacFeedEpoch'")
  } finally {
    copy.close()
  }
}

/** Reads a backup without changing it. Refuses what `openStore` would refuse. */
export async function inspectBackup(path: string, masterKey?: MasterKey): Promise<BackupFacts> {
  // Also a file that this process works on: looking at it would give up the locks on it.
  const release = reserve(path)
  try {
    return await inspectReserved(path, masterKey)
  } finally {
    release()
  }
}

async function inspectReserved(path: string, masterKey: MasterKey | undefined): Promise<BackupFacts> {
  if (inspectFile(path) === 'absent') throw storeFailure('MISSING', { details: { path } })
  const database = named(path, () => new DatabaseSync(path, { readOnly: true }))
  const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, path, { wrote() {} }) })
  try {
    checkIntegrity(database, path, statSync(path).size)
    await refuseNewer(db, path)
    const installation = await readInstallation(db, path)
    const { id, keyCheck } = installation
    return {
      installationId: id,
      schemaVersion: installation.schemaVersion,
      createdAt: installation.createdAt,
      takenAt: installation.backupTakenAt,
      groups: await count(db, 'groups'),
      instances: await count(db, 'instances'),
      requests: await count(db, 'requestLog'),
      keyFits: masterKey && opensKeyCheck(masterKey.key, id, keyCheck),
    }
  } catch (cause) {
    throw nameOpenError(cause, path)
  } finally {
    database.close()
  }
}

async function count(db: Kysely<Schema>, table: 'groups' | 'instances' | 'requestLog'): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select((it) => it.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
