/**
 * The last requests, once each. The log has two rows of every request that was answered: when it was
 * handed to a connector, and how it went.
 *
 * @module
 */
import type { LoggedRequest } from '../api/shapes.ts'

/** @param rows Newest first, as the log has them. */
export function lastRequests(rows: readonly LoggedRequest[], most: number): readonly LoggedRequest[] {
  const ended = new Set(rows.filter(({ outcome }) => outcome !== 'handed').map(({ requestDigest }) => requestDigest))
  return rows.filter(({ outcome, requestDigest }) => outcome !== 'handed' || !ended.has(requestDigest)).slice(0, most)
}
