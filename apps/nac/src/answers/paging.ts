/**
 * Pages of a walk over devices: tokens that stay good while devices come and go.
 *
 * A token is a place in the order of ids, plus one since 0 means the beginning. No
 * device that stays is left out or told twice, whatever happens to others meanwhile.
 *
 * @module
 */
import type { Entry } from '../read-model/device-index.ts'

export interface Page<T> {
  readonly items: readonly T[]
  /** 0 at the end. */
  readonly next: number
}

/**
 * @param itemsOf One device may be several records, which always are on one page.
 * @param most Never more records than this, unless a single place of the order has more.
 */
export function takePage<T>(
  entries: (place: number) => Iterable<Entry>,
  token: number,
  most: number,
  itemsOf: (entry: Entry) => readonly T[],
): Page<T> {
  const items: T[] = []
  let place = -1
  let placeBegins = 0
  for (const entry of entries(Math.max(0, token - 1))) {
    if (entry.place !== place) {
      if (items.length >= most) return { items, next: entry.place + 1 }
      place = entry.place
      placeBegins = items.length
    }
    items.push(...itemsOf(entry))
    // Two devices of one place stay together, or the next page would begin in their midst.
    if (items.length > most && placeBegins > 0) return { items: items.slice(0, placeBegins), next: place + 1 }
  }
  return { items, next: 0 }
}
