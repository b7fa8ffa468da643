/**
 * One connector per home: two would write one journal and answer with one identity.
 *
 * A file with the process that holds it. What a killed process left behind is taken
 * over; the start time tells it from another process that got its number.
 *
 * @module
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateDirectory, writeFailure } from '@sallygate/base/file'
import { connectorFailure } from './failures.ts'
import type { Home } from './home.ts'

export interface HomeLock {
  release(): void
}

/** @throws CONNECTOR_ALREADY_RUNNING, FILE_CANNOT_WRITE. */
export function lockHome(home: Home, pid: number = process.pid): HomeLock {
  ensurePrivateDirectory(home.root)
  const path = join(home.root, 'connector.lock')
  const mine = `${pid} ${startOf(pid)}`
  for (let attempt = 0; attempt < 2; attempt++) {
    if (create(path, mine)) return { release: () => rmSync(path, { force: true }) }
    const held = readHolder(path)
    if (held !== undefined && held.text !== mine && isAlive(held)) {
      throw connectorFailure('ALREADY_RUNNING', { details: { home: home.root, pid: held.pid } })
    }
    rmSync(path, { force: true })
  }
  throw connectorFailure('ALREADY_RUNNING', { details: { home: home.root } })
}

function create(path: string, text: string): boolean {
  try {
    const fd = openSync(path, 'wx', 0o600)
    try {
      writeSync(fd, text)
    } finally {
      closeSync(fd)
    }
    return true
  } catch (cause) {
    const errno = (cause as NodeJS.ErrnoException).code ?? ''
    if (errno === 'EEXIST') return false
    // A disk without room is no reason not to serve look-ups; that nobody else runs here is then taken on trust.
    if (['ENOSPC', 'EDQUOT', 'EROFS'].includes(errno)) return true
    throw writeFailure(cause, path)
  }
}

interface Holder {
  readonly text: string
  readonly pid: number
  readonly start: string
}

function readHolder(path: string): Holder | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    const [pid, start] = text.split(' ')
    return { text, pid: Number(pid), start: start ?? '' }
  } catch {
    return undefined
  }
}

function isAlive({ pid, start }: Holder): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return startOf(pid) === start
}

/** Field 22 of proc(5) stat; empty on systems without it, where the number alone has to do. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
