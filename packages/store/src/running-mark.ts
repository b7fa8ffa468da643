/**
 * The running mark: a file beside the database while it is open.
 *
 * As long as it is there, a write-ahead log with content has to be there too. So
 * after a crash, a log that was deleted or emptied is seen; SQLite alone would
 * take the older state in the main file for everything there ever was.
 *
 * @module
 */
import { existsSync, rmSync } from 'node:fs'
import { writeFileAtomic } from '@sallygate/base/file'

/** A log with less than its header and one page never held a commit. */
const leastLogBytes = 32 + 24 + 512

/** Call after the first commit of a session; it is what the log must hold. */
export function setMark(path: string): void {
  try {
    writeFileAtomic(markPath(path), `${process.pid}\n`)
  } catch {
    // On a full disk there is no mark; the store still opens, with one check less at the next start.
  }
}

/** Call before the database is closed: its log goes away then, and rightly. */
export function clearMark(path: string): void {
  rmSync(markPath(path), { force: true })
}

/** Whether a log of this size shows that something was taken away. */
export function missesLog(path: string, logBytes: number): boolean {
  return logBytes < leastLogBytes && existsSync(markPath(path))
}

function markPath(path: string): string {
  return `${path}-running`
}
