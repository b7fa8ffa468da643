/**
 * Which connectors of a group an actor can see: those of the group it can see, and no others.
 *
 * @module
 */
import { consoleFailure } from '../failures.ts'
import type { BookEntry, InstanceBook } from './instance-book.ts'

/** By id, or by a name that only one connector of the group has. @throws CONSOLE_NOT_FOUND. */
export function findConnector(book: InstanceBook, group: string, reference: string): BookEntry {
  const own = book.list(group)
  const byId = own.find(({ id }) => id === reference)
  if (byId !== undefined) return byId
  const named = own.filter(({ name, isRevoked }) => name === reference && !isRevoked)
  const [only, ...more] = named
  if (only === undefined || more.length > 0) throw consoleFailure('NOT_FOUND')
  return only
}
