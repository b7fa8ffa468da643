/**
 * Paging: `limit` and `cursor`, the same on every list.
 *
 * A cursor says after which item to go on, not how many to leave out, so that items
 * that come or go in between neither repeat nor hide others. What is in it is ours.
 *
 * @module
 */
import { fromBase64Url, toBase64Url } from '@sallygate/base/bytes'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'

export const mostPerPage = 1000

/** One that holds a sorted value of 200 characters, each written as six in JSON, and in Base64 after that. */
const longestCursor = 4096

/** @param usual How many a page has when nothing is said. */
export function pageQuery(usual: number) {
  return {
    limit: z
      .string()
      .regex(/^(?:[1-9]\d{0,2}|1000)$/, `a number from 1 to ${mostPerPage}`)
      .default(String(usual))
      .transform(Number),
    cursor: z.string().min(1).max(longestCursor).optional(),
  }
}

export const listQuery = z.strictObject(pageQuery(mostPerPage))

export const nextCursor = z.string().optional()

export interface PageAsked {
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface Pages {
  readonly of: string
  /** Members that together are unique, in the order by which the list is sorted. */
  readonly by: readonly string[]
}

interface ListCall {
  readonly query: unknown
}

/** Puts pages on a handler that answers a whole list. */
export function paged<C extends ListCall>(
  handler: (call: C) => unknown,
  { of, by }: Pages,
): (call: C) => Promise<unknown> {
  return async (call) => {
    const answer = (await handler(call)) as Readonly<Record<string, unknown>>
    const items = answer[of] as readonly Readonly<Record<string, unknown>>[]
    const keyOf = (item: Readonly<Record<string, unknown>>) => by.map((member) => String(item[member])).join('\0')
    const { items: page, ...more } = pageOf(items, keyOf, call.query as PageAsked)
    return { ...answer, [of]: page, ...more }
  }
}

/** Of a list that is whole in memory; `keyOf` is unique and never changes. */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: PageAsked,
): { readonly items: T[]; readonly nextCursor?: string } {
  const after = cursor === undefined ? undefined : readCursor(cursor)
  // By code units, which is what comparing does below; a language would be another order.
  const keyed = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const page = keyed.slice(0, limit)
  const last = page.at(-1)
  const more = keyed.length > page.length && last !== undefined ? { nextCursor: writeCursor(last.key) } : {}
  return { items: page.map(({ item }) => item), ...more }
}

/** Of a list that is read newest first by falling numbers. Ask for one more than `limit`. */
export function pageByNumber<T>(
  found: readonly T[],
  numberOf: (item: T) => number,
  limit: number,
): { readonly items: readonly T[]; readonly nextCursor?: string } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    ...(found.length > items.length && last !== undefined ? { nextCursor: writeCursor(String(numberOf(last))) } : {}),
  }
}

/** @throws CONSOLE_INVALID_REQUEST. */
export function readNumberCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const key = readCursor(cursor)
  if (!/^\d{1,15}$/.test(key)) throw noCursor()
  return Number(key)
}

function writeCursor(key: string): string {
  return toBase64Url(Buffer.from(`1${key}`, 'utf8'))
}

function readCursor(cursor: string): string {
  let key: string
  try {
    key = fromBase64Url(cursor).toString('utf8')
  } catch {
    throw noCursor()
  }
  if (!key.startsWith('1')) throw noCursor()
  return key.slice(1)
}

function noCursor() {
  return consoleFailure('INVALID_REQUEST', { details: { field: 'cursor', expected: 'the nextCursor of a page' } })
}
