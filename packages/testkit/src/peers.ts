/**
 * Real peers: whether the programs a suite needs are on this machine.
 *
 * @module
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where Debian puts daemons; not on the path of an ordinary user. */
const daemonDirectories = ['/usr/sbin', '/sbin', '/usr/local/sbin']

export function findProgram(name: string): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), ...daemonDirectories]
  return directories.map((directory) => join(directory, name)).find(isExecutable)
}

/** @returns why a suite has to be skipped; `undefined` when the program is here. Print it, then `describe.skipIf` on it. */
export function missingProgram(name: string, from: string): string | undefined {
  return findProgram(name) === undefined ? `${name} is not installed (${from})` : undefined
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
