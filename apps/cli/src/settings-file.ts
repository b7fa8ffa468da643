/**
 * Settings from a file, or from standard input: JSON, with secrets beside it.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { cliFailure } from './failures.ts'

/** @throws CLI_BAD_ARGUMENT. */
export function readSettings(file: string): Record<string, unknown> {
  try {
    const value = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw cliFailure('BAD_ARGUMENT', { cause, details: { argument: '--file', expected: 'a readable file with JSON' } })
  }
  throw cliFailure('BAD_ARGUMENT', { details: { argument: '--file', expected: 'a JSON object' } })
}
