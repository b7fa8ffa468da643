/**
 * The settings file of a process: one JSON object, named on the command line.
 *
 * Nothing secret stands in it; secrets are in files of their own that it names.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { settingsFailure } from './failures.ts'
import { readFile } from './file.ts'
import type { SettingSource } from './settings.ts'

/** @throws FILE_MISSING, FILE_UNREADABLE, SETTINGS_FILE_MALFORMED. */
export function readSettingsFile(path: string): SettingSource {
  const content = readFile(path).toString('utf8')
  const malformed = (cause?: unknown) => settingsFailure('FILE_MALFORMED', { cause, details: { path } })
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (cause) {
    throw malformed(cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed()
  return { name: path, values: value as Readonly<Record<string, unknown>> }
}

/**
 * The one argument every part takes: `--settings FILE`.
 *
 * @throws SETTINGS_MISSING.
 */
export function settingsPathFromArguments(): string {
  const { values } = parseArgs({ options: { settings: { type: 'string' } } })
  if (values.settings === undefined) throw settingsFailure('MISSING', { details: { setting: '--settings FILE' } })
  return values.settings
}
