/**
 * What a person types into the search box, as conditions of the directory contract.
 *
 * @module
 */

export type Kind = 'users' | 'groups'

/** At most so many: more is looked for by typing more. */
export const shownMost = 25

export function searchParameters(kind: Kind, typed: string): object {
  const text = typed.trim()
  const fields = kind === 'users' ? ['displayName', 'login', 'mail'] : ['name', 'description']
  return {
    kind,
    limit: shownMost,
    ...(text === '' ? {} : { match: { any: fields.map((field) => ({ field, contains: text })) } }),
  }
}
