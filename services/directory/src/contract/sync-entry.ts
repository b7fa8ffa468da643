/**
 * Entries of a sync: how they are written into a page, and read from it by somebody who believes nothing.
 *
 * @module
 */
import { serviceFailure } from '@sallygate/service-kit'

/** As one page tells of it. What a server keeps back is absent. */
export interface SyncEntry {
  readonly kind: 'user' | 'group' | 'gone'
  /** The object identifier as text. Absent: the server kept it back, and the entry cannot be stored. */
  readonly id?: string
  readonly dn: string
  /** The name in the one form that all spellings of it share. */
  readonly key: string
  readonly fields?: Readonly<Record<string, readonly string[]>>
  /** It has more than is read of one entry: only `id` and names are here, and what is stored of it stays. */
  readonly isTooLarge?: true
  readonly isDisabled?: true
  readonly isLocked?: true
  readonly mustChangePassword?: true
  /** When the account ends, in milliseconds since 1970. */
  readonly expiresAt?: number
  /** Active Directory: its own security identifier. */
  readonly sid?: string
  /** Active Directory: that of the primary group, which no list of members holds. */
  readonly primarySid?: string
  /** Of a group, or of a part of one: names as `key`, or logins. */
  readonly members?: readonly string[]
  /** Which part of the members this is, from 0. Parts after the first have only `id`, names and members. */
  readonly part?: number
}

/** So many members go on one line; a larger group has several. */
export const membersPerPart = 10_000

const maxEntries = 60_000
const maxFields = 80
const maxValues = 5000
const flags = new Set(['isTooLarge', 'isDisabled', 'isLocked', 'mustChangePassword'])
const texts: Readonly<Record<string, number>> = { id: 256, dn: 8192, key: 8192, sid: 200, primarySid: 200 }

/** @throws SERVICE_RESULT_INVALID, naming the member and never its value. */
export function readSyncEntries(text: string): readonly SyncEntry[] {
  return [...eachSyncEntry(text)]
}

/** One after the other, so that a page of entries never is in memory as a page of objects. @throws as `readSyncEntries`. */
export function* eachSyncEntry(text: string): Generator<SyncEntry> {
  let count = 0
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    if (++count > maxEntries) throw invalid('entries')
    const entry = parse(text.slice(at, end))
    check(entry)
    yield entry as SyncEntry
    at = end + 1
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw serviceFailure('RESULT_INVALID', { cause, details: { field: 'entries', expected: 'JSON' } })
  }
}

/** A line as it travels: a key that is the name in lower case is left out. */
export function writeSyncEntry(entry: SyncEntry): string {
  return JSON.stringify(entry.key === entry.dn.toLowerCase() ? { ...entry, key: undefined } : entry)
}

function check(entry: unknown): void {
  if (typeof entry !== 'object' || entry === null) throw invalid('entry')
  const row = entry as Record<string, unknown>
  if (row['kind'] !== 'user' && row['kind'] !== 'group' && row['kind'] !== 'gone') throw invalid('kind')
  if (typeof row['dn'] !== 'string') throw invalid('dn')
  row['key'] ??= row['dn'].toLowerCase()
  for (const name in row) {
    const value = row[name]
    const most = texts[name]
    if (most !== undefined) {
      if (typeof value !== 'string' || value.length > most) throw invalid(name)
    } else if (name === 'fields') checkFields(value)
    else if (name === 'members') {
      if (!isTexts(value, membersPerPart)) throw invalid(name)
    } else if (flags.has(name)) {
      if (value !== true) throw invalid(name)
    } else if (name === 'expiresAt' || name === 'part') {
      if (!Number.isSafeInteger(value)) throw invalid(name)
    } else if (name !== 'kind') throw invalid('entry')
  }
}

function checkFields(value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('fields')
  let count = 0
  for (const name in value) {
    const values = (value as Readonly<Record<string, unknown>>)[name]
    if (++count > maxFields || name.length > 60 || name === '__proto__' || !isTexts(values, maxValues))
      throw invalid('fields')
  }
}

function isTexts(values: unknown, most: number): boolean {
  if (!Array.isArray(values) || values.length > most) return false
  for (const value of values as unknown[]) if (typeof value !== 'string') return false
  return true
}

const invalid = (field: string) =>
  serviceFailure('RESULT_INVALID', { details: { field, expected: 'an entry of a sync' } })
