/**
 * The database file before anything is read from it: is it ours, and is it whole?
 *
 * SQLite itself would take a zero-length file for a new database and a file cut
 * at its end for a shorter one. Here such files are refused and left untouched.
 *
 * @module
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import type { Failure } from '@sallygate/base/failure'
import { storeFailure } from './failures.ts'
import { missesLog } from './running-mark.ts'

/** "SaGt": what `file` and other programs see in the header. */
export const applicationId = 0x53614774

const magic = Buffer.from('SQLite format 3\0', 'latin1')
const headerBytes = 100

export type FileState = 'absent' | 'whole'

/**
 * Looks at the file and its log beside it.
 *
 * Must not run while this process has the database open: closing any descriptor
 * of a file gives up the locks a process has on it (POSIX).
 *
 * @throws STORE_EMPTY_FILE, STORE_FOREIGN, STORE_CORRUPT, STORE_TRUNCATED, STORE_CANNOT_WRITE.
 */
export function inspectFile(path: string): FileState {
  const logBytes = sizeOf(`${path}-wal`) ?? 0
  const bytes = sizeOf(path)
  if (bytes === undefined) {
    if (logBytes > 0 || missesLog(path, 0)) throw refuse('TRUNCATED', path, { missing: 'main file' })
    return 'absent'
  }
  if (bytes === 0) throw refuse('EMPTY_FILE', path, {})
  const header = readHeader(path)
  checkOwner(header, path, bytes)
  if (missesLog(path, logBytes)) throw refuse('TRUNCATED', path, { missing: 'write-ahead log' })
  if (logBytes === 0) checkLength(header, path, bytes)
  return 'whole'
}

function checkOwner(header: Buffer, path: string, bytes: number): void {
  const isSqlite = header.subarray(0, magic.length).equals(magic.subarray(0, header.length))
  const isOurs = header.length >= headerBytes && header.readUInt32BE(68) === applicationId
  if (isSqlite && header.length < headerBytes) throw refuse('TRUNCATED', path, { bytes })
  if (isSqlite && isOurs) return
  // Our number under a damaged first line is damage; another number is another program's file.
  throw refuse(isOurs ? 'CORRUPT' : 'FOREIGN', path, {})
}

/** Without a log beside it, the file is exactly as long as its header says (https://www.sqlite.org/fileformat.html 1.3). */
function checkLength(header: Buffer, path: string, bytes: number): void {
  const size = header.readUInt16BE(16)
  const pageBytes = size === 1 ? 65_536 : size
  const expected = header.readUInt32BE(28) * pageBytes
  if (bytes < expected) throw refuse('TRUNCATED', path, { bytes, expected })
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(headerBytes)
  try {
    const fd = openSync(path, 'r')
    try {
      return header.subarray(0, readSync(fd, header, 0, headerBytes, 0))
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw storeFailure('CANNOT_WRITE', { cause, details: { path, errno: code } })
  }
}

function sizeOf(path: string): number | undefined {
  return existsSync(path) ? statSync(path).size : undefined
}

function refuse(
  kind: 'EMPTY_FILE' | 'FOREIGN' | 'CORRUPT' | 'TRUNCATED',
  path: string,
  details: Readonly<Record<string, string | number>>,
): Failure {
  return storeFailure(kind, { details: { path, ...details } })
}
