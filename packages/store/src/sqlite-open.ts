/**
 * Opening node:sqlite so that what is acknowledged is on the disk, and only one
 * program has the file.
 *
 * @module
 */
import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeFailure } from './failures.ts'
import { named } from './sqlite-dialect.ts'

/** A console that is being replaced may take a moment to let go. */
const lockWaitMs = 2000

/** Up to this size every index is compared with its table; beyond it the structure only, which is many times faster. */
const thoroughBytes = 16 * 1024 * 1024

/** @throws STORE_LOCKED, STORE_CORRUPT, STORE_FOREIGN, STORE_CANNOT_WRITE, STORE_DISK_FULL. */
export function openExclusive(path: string, fileBytes: number): DatabaseSync {
  const database = named(path, () => new DatabaseSync(path, { timeout: lockWaitMs }))
  try {
    named(path, () => {
      // Exclusive before the first read: then the log's index lives in memory, where a full disk cannot reach it.
      database.exec('pragma locking_mode = exclusive')
      database.exec('pragma journal_mode = wal')
      database.exec('pragma synchronous = full')
      // 16 MiB: a directory of a hundred thousand is written in a few seconds, and each checkpoint waits for the disk.
      database.exec('pragma wal_autocheckpoint = 4000')
      database.exec('pragma foreign_keys = on')
      database.exec('pragma trusted_schema = off')
      // Of the pages a sync writes to, most are written to again: with SQLite's 2 MB it reads and writes them each time, and
      // half of a first sync is that.
      database.exec('pragma cache_size = -16000')
      // Sorting must not write readable rows into a temporary file.
      database.exec('pragma temp_store = memory')
      database.exec('begin immediate; commit')
    })
    checkIntegrity(database, path, fileBytes)
    return database
  } catch (error) {
    database.close()
    // Its header said it was ours before SQLite looked; what SQLite cannot read then is damage.
    const isDamage = storeFailure.is(error) && error.code === 'STORE_FOREIGN'
    throw isDamage ? storeFailure('CORRUPT', { cause: error, details: error.details }) : error
  }
}

/** @throws STORE_CORRUPT. */
export function checkIntegrity(database: DatabaseSync, path: string, fileBytes: number): void {
  const pragma = fileBytes <= thoroughBytes ? 'integrity_check' : 'quick_check'
  const rows = named(path, () => database.prepare(`pragma ${pragma}(1)`).all())
  const finding = String(rows[0]?.[pragma] ?? 'no answer')
  if (finding !== 'ok') throw storeFailure('CORRUPT', { details: { path, finding: finding.slice(0, 200) } })
}

const openHere = new Set<string>()

/**
 * Keeps one process from opening a file twice; between processes SQLite's lock does.
 *
 * @returns how to give it back.
 * @throws STORE_LOCKED.
 */
export function reserve(path: string): () => void {
  const real = join(realDirectory(path), basename(path))
  if (openHere.has(real)) throw storeFailure('LOCKED', { details: { path, by: 'this process' } })
  openHere.add(real)
  return () => void openHere.delete(real)
}

function realDirectory(path: string): string {
  try {
    return realpathSync(dirname(path))
  } catch (cause) {
    throw storeFailure('CANNOT_WRITE', { cause, details: { path, why: 'its directory does not exist' } })
  }
}
