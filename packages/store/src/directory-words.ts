/**
 * The words by which people and groups are found, besides the beginning of a name and of a login: a surname, a part of
 * the name of a group, a mail address.
 *
 * Words are kept for who is in force, and never for what a run has only read.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { insertRows } from './bulk.ts'
import { items } from './directory-lists.ts'
import type { Schema } from './schema.ts'

export interface NamedObject {
  readonly number: number
  readonly kind: string
  readonly name: string
  readonly mail: string | null
}

/** Names of more words are read by nobody to their end. */
const mostWords = 12
const wordLength = 64
const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xdc00

/** By which objects are looked for; the same for what somebody types. */
export function searchKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('\0', '').trim()
}

/** As much of a key as is sorted and looked for. */
export function cutKey(key: string): string {
  if (key.length <= wordLength) return key
  return key.slice(0, isHighSurrogate(key.charCodeAt(wordLength - 1)) ? wordLength - 1 : wordLength)
}

/**
 * Where words begin after the first, each up to the next space: `anna smith-jones` has `smith-jones` and `jones`. And
 * the mail address.
 */
export function wordsOf(name: string, mail: string | null): readonly string[] {
  const key = searchKey(name)
  const words = new Set<string>()
  for (const { index } of key.matchAll(/(?<![\p{L}\p{N}\p{M}])[\p{L}\p{N}]/gu)) {
    if (index === 0) continue
    const space = key.indexOf(' ', index)
    words.add(cutKey(key.slice(index, space < 0 ? key.length : space)))
    if (words.size >= mostWords) break
  }
  if (mail !== null && mail !== '') words.add(cutKey(searchKey(mail)))
  return [...words]
}

const columns = ['scope', 'kind', 'word', 'number'] as const

export async function addWords(db: Kysely<Schema>, scope: number, objects: readonly NamedObject[]): Promise<void> {
  const rows = objects
    .flatMap(({ number, kind, name, mail }) => wordsOf(name, mail).map((word) => [scope, kind, word, number] as const))
    // In the order of the table, near enough: then it is written from one end to the other.
    .toSorted(([, , a], [, , b]) => (a < b ? -1 : a > b ? 1 : 0))
  await insertRows(db, { into: 'directoryWords', columns, conflict: columns }, rows)
}

/** @param objects As they were when their words were added. */
export async function dropWords(db: Kysely<Schema>, scope: number, objects: readonly NamedObject[]): Promise<void> {
  const rows = objects.flatMap(({ number, kind, name, mail }) =>
    wordsOf(name, mail).map((word) => [kind, word, number] as const),
  )
  if (rows.length === 0) return
  await sql`delete from "directoryWords" where "scope" = ${scope} and ("kind", "word", "number") in (
    select "item"."value" ->> 0, "item"."value" ->> 1, cast("item"."value" ->> 2 as bigint)
    from ${items(db, rows)})`.execute(db)
}

/** Those that are called otherwise now. */
export async function changeWords(
  db: Kysely<Schema>,
  scope: number,
  before: readonly NamedObject[],
  after: readonly NamedObject[],
): Promise<void> {
  const were = new Map(before.map((object) => [object.number, object]))
  const are = new Map(after.map((object) => [object.number, object]))
  const isSame = (a: NamedObject, b: NamedObject | undefined) => a.name === b?.name && a.mail === b.mail
  await dropWords(
    db,
    scope,
    before.filter((object) => !isSame(object, are.get(object.number))),
  )
  await addWords(
    db,
    scope,
    after.filter((object) => !isSame(object, were.get(object.number))),
  )
}
