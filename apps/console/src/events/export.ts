/**
 * Events for a file, newest first: written out page by page, so that however many there are take the room of one page.
 *
 * @module
 */
import { Readable } from 'node:stream'
import type { EventFilter, Store, StoredEvent } from '@sallygate/store'
import { csvOf } from '../http/csv.ts'
import { presentEvent } from './present.ts'

const togetherRows = 500

type Filter = Omit<EventFilter, 'limit'>

export interface ExportFormat {
  readonly head: string
  readonly lines: (events: readonly StoredEvent[]) => string
}

/** A cell that would be a formula in a spreadsheet is text. */
export const csv: ExportFormat = {
  head: csvOf(['number', 'at', 'id', 'severity', 'category', 'about', 'says', 'details'], []),
  lines: (events) => events.map((event) => csvOf(csvRow(event), [])).join(''),
}

export const jsonLines: ExportFormat = {
  head: '',
  lines: (events) => events.map((event) => `${JSON.stringify(presentEvent(event))}\n`).join(''),
}

/**
 * The first page is read before this resolves, so that what cannot be read at all is refused with words;
 * what cannot be read later ends the connection without its end.
 *
 * @throws STORE_*.
 */
export async function exportOf(
  events: Pick<Store['events'], 'list'>,
  filter: Filter,
  most: number,
  { head, lines }: ExportFormat,
): Promise<Readable> {
  const pageAfter = (before: number | undefined, left: number) =>
    events.list({ ...filter, before, limit: Math.min(togetherRows, left) })
  const first = await pageAfter(filter.before, most)
  return Readable.from(pages(first), { objectMode: false })

  async function* pages(page: readonly StoredEvent[]): AsyncGenerator<string> {
    yield head + lines(page)
    for (let left = most - page.length, at = page; at.length === togetherRows && left > 0; left -= at.length) {
      at = await pageAfter(at.at(-1)?.number, left)
      yield lines(at)
    }
  }
}

function csvRow(event: StoredEvent): readonly string[] {
  const { number, at, id, severity, category, about = '', says, details } = presentEvent(event)
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  return [String(number), at, id, severity, category, about, says, facts.join('; ')]
}
