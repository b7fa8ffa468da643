/**
 * Finding people and groups by what somebody types: each word of it begins a word of the name, the login or the mail
 * address.
 *
 * Every list comes in the order of names. A word that few have is looked up, and its finds are sorted. Where all words are
 * frequent the list is walked, and the page is soon full; if it is not, those who have the words are looked up first.
 *
 * @module
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { cutKey, wordsOf } from './directory-words.ts'
import type { Schema } from './schema.ts'

export interface DirectorySearch {
  readonly scope: number
  readonly kind: 'user' | 'group'
  /** As `searchKey` makes it; not empty. */
  readonly search: string
}

interface Findable {
  readonly nameKey: string
  readonly loginKey: string | null
  readonly name: string
  readonly mail: string | null
}

/** So many finds are sorted in less time than a list is walked. */
const few = 1000
const mostTokens = 6

const tokensOf = (search: string) =>
  [
    ...new Set(
      search
        .split(/\s+/u)
        .filter((token) => token !== '')
        .map(cutKey),
    ),
  ].slice(0, mostTokens)

/** The finds of one word of the search, where there are few of them; `undefined` where every word has many. */
export async function findFew(db: Kysely<Schema>, asked: DirectorySearch): Promise<readonly number[] | undefined> {
  for (const token of tokensOf(asked.search)) {
    const { rows } = await sql<{ number: number }>`select "number" from (${numbersOf(asked, token)}) as found
      limit ${few + 1}`.execute(db)
    if (rows.length <= few) return [...new Set(rows.map(({ number }) => Number(number)))]
  }
  return undefined
}

/** Of a walk by name: what each one it comes by has to be. */
export function isAmong(asked: DirectorySearch): RawBuilder<boolean> {
  // The sign keeps SQLite from visiting all finds first and sorting them afterwards.
  const each = tokensOf(asked.search).map((token) => sql<boolean>`+"number" in (${numbersOf(asked, token)})`)
  return sql<boolean>`${sql.join(each, sql` and `)}`
}

/** Whether all of the search is found in it, and not only one word. */
export function isFoundBy({ search }: Pick<DirectorySearch, 'search'>, object: Findable): boolean {
  const words = [object.nameKey, object.loginKey ?? '', ...wordsOf(object.name, object.mail)]
  return tokensOf(search).every((token) => words.some((word) => word.startsWith(token)))
}

/** Who has a word that begins like this, some of them more than once. */
function numbersOf({ scope, kind }: DirectorySearch, token: string): RawBuilder<unknown> {
  // Behind everything that begins with it, whatever bytes come next.
  const end = `${token}\u{10ffff}`
  const within = (column: string) => sql`${sql.ref(column)} >= ${token} and ${sql.ref(column)} < ${end}`
  return sql`select "number" from "directoryObjects" where "scope" = ${scope} and "kind" = ${kind} and ${within('nameKey')}
    union all select "number" from "directoryObjects" where "scope" = ${scope} and ${within('loginKey')}
    union all select "number" from "directoryWords" where "scope" = ${scope} and "kind" = ${kind} and ${within('word')}`
}
