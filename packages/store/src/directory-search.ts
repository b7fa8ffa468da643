/**
 * Finding people and groups by what somebody types: each word of it begins a word of the name, the login or the mail
 * address.
 *
 * Every list comes in the order of names. A word that few have is looked up, and its finds are sorted. Where all words are
 * frequent the list is walked, and the page is soon full; if it is not, more finds are worth to be sorted.
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

/** Who has one word of the search, of the first that no more than so many have; `undefined` where more have each of them. */
export async function findFew(
  db: Kysely<Schema>,
  asked: DirectorySearch,
  most: number,
): Promise<readonly number[] | undefined> {
  for (const token of tokensOf(asked.search)) {
    const { rows } = await sql<{ number: number }>`select "number" from (${numbersOf(asked, token)}) as found
      limit ${most + 1}`.execute(db)
    if (rows.length <= most) return [...new Set(rows.map(({ number }) => Number(number)))]
  }
  return undefined
}

/** One word: who is found by it is found by all of the search. */
export const isOneWord = ({ search }: Pick<DirectorySearch, 'search'>): boolean => tokensOf(search).length === 1

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
