/**
 * What a mail server has delivered: a Maildir, read as files.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Delivered {
  readonly messageId: string
  readonly raw: string
}

/** Every message below a folder, whoever it is for. */
export function deliveredTo(folder: string): readonly Delivered[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?:^|\/)new\/[^/]+$/.test(path))
    .map((path) => readFileSync(join(folder, path), 'latin1'))
    .map((raw) => ({ raw, messageId: /^Message-ID: <(.*)>\r?$/im.exec(raw)?.[1] ?? '' }))
}
