/**
 * Cursors of lists that are sorted where they are stored: a value and an id, after which to go on.
 *
 * A cursor of one order is refused in another: it would silently leave rows out.
 *
 * @module
 */
import { fromBase64Url, toBase64Url } from '@sallygate/base/bytes'
import { consoleFailure } from '../failures.ts'

export interface Place {
  readonly value: string | number
  readonly id: string
}

export function writePlace({ value, id }: Place, sort: string, isDescending: boolean): string {
  return toBase64Url(Buffer.from(JSON.stringify([sort, isDescending, value, id]), 'utf8'))
}

/** @throws CONSOLE_INVALID_REQUEST. */
export function readPlace(cursor: string | undefined, sort: string, isDescending: boolean): Place | undefined {
  if (cursor === undefined) return undefined
  const [ofSort, ofDirection, value, id] = parts(cursor)
  const isPlace = (typeof value === 'string' || typeof value === 'number') && typeof id === 'string'
  if (ofSort !== sort || ofDirection !== isDescending || !isPlace) throw noCursor()
  return { value, id }
}

function parts(cursor: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(fromBase64Url(cursor).toString('utf8'))
    return Array.isArray(read) && read.length === 4 ? read : []
  } catch {
    return []
  }
}

function noCursor() {
  const expected = 'the nextCursor of a page in the same order'
  return consoleFailure('INVALID_REQUEST', { details: { field: 'cursor', expected } })
}
