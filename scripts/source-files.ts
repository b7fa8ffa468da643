/**
 * The source files that git knows, and the imports in them.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Tracked files and new ones git does not ignore, from the root, with `/`. */
export function repositoryFiles(): readonly string[] {
  const listing = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listing.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
}

export function readSource(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

export function isTypeScript(file: string): boolean {
  return /\.tsx?$/.test(file)
}

/** A file that does not ship: tests, their harnesses, scripts. */
export function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || /(?:^|\/)testing\//.test(file)
}

/** Every module a file names in an import, export-from, or dynamic import with a literal. */
export function importsOf(source: string): readonly string[] {
  const pattern =
    /(?:^|[\s;])(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '')
}
