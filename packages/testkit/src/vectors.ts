/**
 * Published test vectors: where they are, if they are here.
 *
 * They live beside the repository, not in it. Suites that need them skip with a
 * reason where they are absent.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const directory = join(import.meta.dirname, '../../../../shared/vectors')

/** @returns `undefined` where the vectors are absent; `absence` says so in words. */
export function vectorsDirectory(): string | undefined {
  return existsSync(directory) ? directory : undefined
}

export const vectorsAbsence = 'the published vectors are not beside the repository (../shared/vectors)'

export function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(join(directory, path), 'utf8')) as T
}
