/**
 * What of a list stands in its address: what is looked for, and the page one has come to. So a list can be left and come
 * back to, loaded anew, and sent to somebody.
 *
 * @module
 */

export interface Place {
  /** Where the page begins, in the console's own words; absent for the first. */
  readonly cursor?: string
  /** Its number, from 2. */
  readonly page?: number
}

/** As much as anybody types, and as the API takes. */
const longest = 200
const longestCursor = 4096

/** Whatever somebody wrote into the address: what is not known, or cannot be, is left out. */
export const listSearch =
  <Name extends string>(...names: readonly Name[]) =>
  (given: Record<string, unknown>): { [name in Name]?: string } & Place => ({
    ...(Object.fromEntries(
      names.flatMap((name) => {
        const value = given[name]
        const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
        return text === '' ? [] : [[name, text.slice(0, longest)]]
      }),
    ) as { [name in Name]?: string }),
    ...readPlace(given),
  })

/** A page without its number, or a number without its page, is the first one. */
export function readPlace({ cursor, page }: Readonly<Record<string, unknown>>): Place {
  if (typeof cursor !== 'string' || cursor === '' || cursor.length > longestCursor) return {}
  return typeof page === 'number' && Number.isSafeInteger(page) && page > 1 ? { cursor, page } : {}
}

/** What was chosen, without what says nothing: for the address, whose list then begins at its first page. */
export const said = <Asked extends object>(asked: Asked): Partial<Asked> =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '')) as Partial<Asked>
