/**
 * Which events one looks for, as it stands in the address, and as the console is asked.
 *
 * @module
 */
import { withQuery, type ApiPath } from '../api/client.ts'

export interface EventSearch {
  readonly severity: string
  readonly category: string
  readonly service: string
  readonly group: string
  /** `hour`, `day`: not older than that. */
  readonly within: string
  readonly text: string
}

export const noSearch: EventSearch = { severity: '', category: '', service: '', group: '', within: '', text: '' }

const hourMs = 3_600_000
export const spans: Readonly<Record<string, readonly [label: string, ms: number]>> = {
  hour: ['the last hour', hourMs],
  day: ['the last 24 hours', 24 * hourMs],
  week: ['the last 7 days', 7 * 24 * hourMs],
  month: ['the last 30 days', 30 * 24 * hourMs],
}

/** To the minute, so that what is asked stays the same for a while. */
export function eventAddress(
  address: ApiPath,
  { within, ...search }: EventSearch,
  now: Date,
  page: { readonly limit?: string; readonly cursor?: string } = {},
): ApiPath {
  const span = Object.hasOwn(spans, within) ? spans[within]?.[1] : undefined
  const since = span === undefined ? '' : new Date(Math.floor((now.getTime() - span) / 60_000) * 60_000).toISOString()
  return withQuery(address, { ...search, since, ...page })
}
