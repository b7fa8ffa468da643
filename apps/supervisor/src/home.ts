/**
 * The home directory: where everything of an all-in-one start is.
 *
 * @module
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensurePrivateDirectory } from '@sallygate/base/file'
import { supervisorFailure } from './failures.ts'

export const parts = ['console', 'relay', 'nac', 'connector', 'sample-office'] as const
export type PartName = (typeof parts)[number]

export interface Home {
  readonly path: string
  /** A file of a part; its directory exists. */
  of(part: PartName, file: string): string
  readonly readyFile: string
  readonly credentialsFile: string
  readonly cacheDirectory: string
  logOf(part: PartName | 'web'): string
  /** Gives the home back to whoever starts next. */
  release(): void
}

/** @throws SUPERVISOR_ALREADY_RUNNING, FILE_CANNOT_WRITE. */
export function takeHome(path: string): Home {
  const root = resolve(path)
  for (const part of parts) ensurePrivateDirectory(join(root, part))
  for (const directory of ['logs', 'cache']) ensurePrivateDirectory(join(root, directory))
  const lockFile = join(root, 'supervisor.pid')
  takeLock(lockFile, root)
  const readyFile = join(root, 'ready.json')
  // It says that all is up; what an earlier run that was killed left behind would say so too early.
  rmSync(readyFile, { force: true })
  return {
    path: root,
    of: (part, file) => join(root, part, file),
    readyFile,
    credentialsFile: join(root, 'credentials.json'),
    cacheDirectory: join(root, 'cache'),
    logOf: (part) => join(root, 'logs', `${part}.log`),
    release() {
      rmSync(readyFile, { force: true })
      rmSync(lockFile, { force: true })
    },
  }
}

/** The file is made exclusively; one whose process is gone was left by a crash and is taken over. */
function takeLock(lockFile: string, root: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const fd = openSync(lockFile, 'wx', 0o600)
      writeSync(fd, String(process.pid))
      closeSync(fd)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const pid = Number(readFileSync(lockFile, 'utf8'))
      if (isAlive(pid)) throw supervisorFailure('ALREADY_RUNNING', { details: { home: root, pid } })
      rmSync(lockFile, { force: true })
    }
  }
  throw supervisorFailure('ALREADY_RUNNING', { details: { home: root } })
}

/** A number can be used again by another program; on Linux the command line tells them apart. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const commandLine = `/proc/${pid}/cmdline`
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('sallygate')
}
