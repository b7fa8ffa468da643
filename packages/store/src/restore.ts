/**
 * Bringing a backup back. What was there is kept aside, never deleted.
 *
 * At no point is there no database: an interrupted restore leaves the old one,
 * the new one, or files that the next start refuses; never room for an empty one.
 *
 * @module
 */
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '@sallygate/base/clock'
import { readFile, writeFailure, writeFileAtomic } from '@sallygate/base/file'
import { inspectBackup, type BackupFacts } from './backup.ts'
import { storeFailure } from './failures.ts'
import { compareTokens, type RestoredTokens } from './restored-tokens.ts'
import { clearMark } from './running-mark.ts'
import { nameSqliteError } from './sqlite-dialect.ts'
import { reserve } from './sqlite-open.ts'
import type { MasterKey } from './master-key.ts'

export interface Restored extends BackupFacts {
  /** Where the replaced database lies now. */
  readonly replaced: string | undefined
  /** Absent where what was there cannot be read. */
  readonly tokens: RestoredTokens | undefined
}

/**
 * Puts a backup in the place of the database at `path`.
 *
 * @throws what `inspectBackup` throws; STORE_WRONG_KEY, STORE_LOCKED, STORE_FILE_EXISTS, FILE_DISK_FULL.
 */
export async function restoreBackup(
  backup: string,
  path: string,
  options: { readonly masterKey: MasterKey; readonly clock: Clock },
): Promise<Restored> {
  const facts = await inspectBackup(backup, options.masterKey)
  if (facts.keyFits !== true) throw storeFailure('WRONG_KEY', { details: { path: backup } })
  const release = reserve(path)
  try {
    refuseInUse(path)
    writeFileAtomic(`${path}.restoring`, readFile(backup))
    const now = options.clock.now()
    const replaced = replace(path, now)
    const tokens = replaced === undefined ? undefined : compareTokens(path, replaced, now)
    return { ...facts, replaced, tokens }
  } finally {
    release()
  }
}

function replace(path: string, now: Date): string | undefined {
  const aside = `${path}.replaced-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  if (existsSync(aside)) throw storeFailure('FILE_EXISTS', { details: { path: aside } })
  const wasThere = existsSync(path)
  try {
    if (wasThere) linkSync(path, aside)
    // The old log must not be there when the new main file is: SQLite would play it into the wrong database.
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`)
    renameSync(`${path}.restoring`, path)
  } catch (cause) {
    throw writeFailure(cause, path)
  }
  rmSync(`${path}-shm`, { force: true })
  clearMark(path)
  return wasThere ? aside : undefined
}

/** A damaged database may be replaced, one that a console works on may not. */
function refuseInUse(path: string): void {
  if (!existsSync(path)) return
  const probe = new DatabaseSync(path, { open: false, timeout: 0 })
  try {
    probe.open()
    probe.exec('begin immediate; rollback')
  } catch (cause) {
    const error = nameSqliteError(cause, path)
    if (storeFailure.is(error) && error.code === 'STORE_LOCKED') throw error
  } finally {
    if (probe.isOpen) probe.close()
  }
}
