/**
 * When to check in next: as often as the console says, spread out, and less and less often while it fails.
 *
 * @module
 */

export const defaultIntervalMs = 15 * 60_000
const shortestMs = 10_000
const longestMs = 24 * 3_600_000
const firstRetryMs = 15_000
const longestRetryMs = 3_600_000

/** Ten percent either way, so that machines that were switched on together do not ask together. */
export function nextCheckInMs(intervalMs: number, random: number): number {
  const bounded = Math.min(longestMs, Math.max(shortestMs, intervalMs))
  return Math.round(bounded * (0.9 + 0.2 * random))
}

/** Full jitter between half and all of the wait. @param failures in a row, from 1. */
export function nextRetryMs(failures: number, random: number): number {
  const whole = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 20))
  return Math.round(whole * (0.5 + 0.5 * random))
}
