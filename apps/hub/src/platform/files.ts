/**
 * Small files of the operating system, read or not there.
 *
 * @module
 */
import { readdirSync, readFileSync, realpathSync } from 'node:fs'

export interface Files {
  /** Text without the white space around it; `undefined` when it cannot be read or is empty. */
  read(path: string): string | undefined
  readBytes(path: string): Buffer | undefined
  list(path: string): readonly string[]
  /** Where a link leads in the end. */
  resolve(path: string): string | undefined
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

export const systemFiles: Files = {
  read(path) {
    const text = orUndefined(() => readFileSync(path, 'utf8'))
      ?.replaceAll('\0', '')
      .trim()
    return text === undefined || text === '' ? undefined : text.slice(0, 65_536)
  },
  readBytes: (path) => orUndefined(() => readFileSync(path)),
  list: (path) => orUndefined(() => readdirSync(path)) ?? [],
  resolve: (path) => orUndefined(() => realpathSync(path)),
}
