/**
 * Files that must be whole and private.
 *
 * A reader sees the old content or the new one, never half of either, also after
 * a power cut. Secrets are refused when others can read them.
 *
 * @module
 */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Failure } from './failure.ts'
import { fileFailure } from './failures.ts'
import type { Bytes } from './bytes.ts'

/** Makes a directory that only this user may enter. */
export function ensurePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw writeFailure(cause, path)
  }
}

/**
 * Replaces a file in one step and does not return before it is on the disk.
 *
 * @throws FILE_DISK_FULL, FILE_CANNOT_WRITE; the old content is then still there.
 */
export function writeFileAtomic(path: string, content: Bytes | string, options: { readonly mode?: number } = {}): void {
  const temporary = `${path}.${process.pid}.new`
  try {
    const fd = openSync(temporary, 'w', options.mode ?? 0o600)
    try {
      // The umask may have taken bits away from open(), and an older temporary file may have had others.
      fchmodSync(fd, options.mode ?? 0o600)
      const data = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
      for (let at = 0; at < data.length;) at += writeSync(fd, data, at)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
    syncDirectory(dirname(path))
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw writeFailure(cause, path)
  }
}

/** A rename is durable only when its directory is (ext4, xfs). Windows has no such call and needs none. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** @throws FILE_MISSING, FILE_UNREADABLE, FILE_NOT_PRIVATE. */
export function readPrivateFile(path: string): Buffer {
  const content = readFile(path)
  // Windows has no mode bits; there the installer sets the access list of the directory.
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw fileFailure('NOT_PRIVATE', { details: { path } })
  }
  return content
}

/** @throws FILE_MISSING, FILE_UNREADABLE. */
export function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw fileFailure(code === 'ENOENT' ? 'MISSING' : 'UNREADABLE', { cause, details: { path } })
  }
}

/** Names a failed write by what an administrator can do about it. */
export function writeFailure(cause: unknown, path: string): Failure {
  const code = (cause as NodeJS.ErrnoException).code
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return fileFailure(full ? 'DISK_FULL' : 'CANNOT_WRITE', { cause, details: { path, errno: code ?? 'unknown' } })
}
