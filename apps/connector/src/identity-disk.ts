/**
 * How a folder of files is replaced as one.
 *
 * Everything is written beside the old folder and made durable; then the folders
 * change names. After a crash in between, `recover` finishes or undoes. Each step can
 * be made to fail in tests.
 *
 * @module
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { writeFailure } from '@sallygate/base/file'

export interface FolderFile {
  readonly name: string
  readonly content: string | Buffer
  readonly mode: number
}

export interface IdentityDisk {
  exists(path: string): boolean
  /** Finishes or undoes what a crash interrupted. Harmless when nothing was. */
  recover(folder: string): void
  /** @throws FILE_DISK_FULL, FILE_CANNOT_WRITE; then the old folder is in place. */
  replaceFolder(folder: string, files: readonly FolderFile[]): void
}

/** The steps that can be interrupted. */
export interface DiskSteps {
  readonly makeFolder: (path: string) => void
  readonly write: (path: string, content: string | Buffer, mode: number) => void
  /** Makes names in a folder durable. */
  readonly sync: (folder: string) => void
  readonly rename: (from: string, to: string) => void
  readonly remove: (path: string) => void
}

export const systemSteps: DiskSteps = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  write(path, content, mode) {
    const fd = openSync(path, 'w', mode)
    try {
      writeFileSync(fd, content)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    // The umask may have taken bits away that others need for reading certificates.
    chmodSync(path, mode)
  },
  sync(folder) {
    if (process.platform === 'win32') return
    const fd = openSync(folder, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  },
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { recursive: true, force: true }),
}

export function identityDisk(steps: DiskSteps): IdentityDisk {
  const beside = (folder: string) => ({ next: `${folder}.new`, previous: `${folder}.previous` })
  const recover = (folder: string) => {
    const { next, previous } = beside(folder)
    // Between the two renames there is no folder, and a whole one under another name. The old one is the one in use.
    if (!existsSync(folder) && existsSync(previous)) steps.rename(previous, folder)
    if (existsSync(next)) steps.remove(next)
    if (existsSync(previous)) steps.remove(previous)
  }
  return {
    exists: (path) => existsSync(path),
    recover,
    replaceFolder(folder, files) {
      const { next, previous } = beside(folder)
      try {
        recover(folder)
        steps.makeFolder(next)
        for (const { name, content, mode } of files) steps.write(join(next, name), content, mode)
        steps.sync(next)
        if (existsSync(folder)) steps.rename(folder, previous)
        steps.rename(next, folder)
        steps.sync(dirname(folder))
        steps.remove(previous)
      } catch (cause) {
        recoverQuietly(recover, folder)
        throw writeFailure(cause, folder)
      }
    },
  }
}

/** On a full disk renaming still works; if not even that does, the next start does it. */
function recoverQuietly(recover: (folder: string) => void, folder: string): void {
  try {
    recover(folder)
  } catch {
    // What is told is why the writing failed, not why tidying up did.
  }
}

export const systemDisk = identityDisk(systemSteps)
