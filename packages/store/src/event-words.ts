/**
 * What of an event is looked through by a search: its number, what it is about, the values of its details.
 *
 * @module
 */
import { foldName } from './names.ts'

/** Details are bounded by who raises; a search need not go through more of them than this. */
const mostCharacters = 4000

/** Folded as names are, so that capital letters, accents in two spellings and spaces make no difference in any script. */
export function eventWords(
  id: string,
  about: string,
  details: Readonly<Record<string, string | number | boolean>>,
): string {
  return foldName([id, about, ...Object.values(details).map(String)].join(' ').slice(0, mostCharacters))
}
