/**
 * Retry-After, as HTTP servers write it.
 *
 * @module
 */

/** Nobody gets to send us away for longer than this. */
export const longestWaitMs = 600_000

/** RFC 9110 10.2.3: seconds or a date. @returns `undefined` for anything else. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Math.min(longestWaitMs, Number(header) * 1000)
  const date = Date.parse(header)
  if (Number.isNaN(date)) return undefined
  return Math.min(longestWaitMs, Math.max(0, date - now.getTime()))
}
