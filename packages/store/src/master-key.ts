/**
 * The master key: 32 random bytes in a file that only this user can read.
 *
 * It is made once, at the first start, and never overwritten. A rotation writes
 * the new key beside the old one first, so that at every moment one of the two
 * files opens the database.
 *
 * @module
 */
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { randomBytes } from '@sallygate/base/bytes'
import { readPrivateFile, writeFailure, writeFileAtomic } from '@sallygate/base/file'
import { Secret } from '@sallygate/base/secret'
import { storeFailure } from './failures.ts'

export interface MasterKey {
  readonly path: string
  readonly key: Secret<Buffer>
  /** The key a rotation was about to put in place when it was interrupted. */
  readonly next: Secret<Buffer> | undefined
}

const keyBytes = 32

export function hasMasterKey(path: string): boolean {
  return existsSync(path)
}

/** @throws STORE_KEY_EXISTS, FILE_DISK_FULL, FILE_CANNOT_WRITE. */
export function createMasterKey(path: string): MasterKey {
  const temporary = `${path}.${process.pid}.first`
  writeFileAtomic(temporary, randomBytes(keyBytes))
  try {
    // A link is refused where the name exists; a rename would replace the key that is there.
    linkSync(temporary, path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw storeFailure('KEY_EXISTS', { cause, details: { path } })
    throw writeFailure(cause, path)
  } finally {
    rmSync(temporary, { force: true })
  }
  return loadMasterKey(path)
}

/** @throws FILE_MISSING, FILE_UNREADABLE, FILE_NOT_PRIVATE, STORE_KEY_MALFORMED. */
export function loadMasterKey(path: string): MasterKey {
  const next = nextPath(path)
  return { path, key: readKey(path), next: existsSync(next) ? readKey(next) : undefined }
}

/** Puts a new key beside the current one, durable before anything is sealed under it. */
export function stageNextKey(path: string): Secret<Buffer> {
  const key = randomBytes(keyBytes)
  writeFileAtomic(nextPath(path), key)
  return new Secret(key)
}

/** The database is under the next key: it becomes the key. */
export function adoptNextKey(path: string): void {
  try {
    renameSync(nextPath(path), path)
  } catch (cause) {
    throw writeFailure(cause, path)
  }
}

/** The database never came under the next key. */
export function dropNextKey(path: string): void {
  rmSync(nextPath(path), { force: true })
}

function nextPath(path: string): string {
  return `${path}.next`
}

function readKey(path: string): Secret<Buffer> {
  const key = readPrivateFile(path)
  if (key.length !== keyBytes) throw storeFailure('KEY_MALFORMED', { details: { path, bytes: key.length } })
  return new Secret(key)
}
