/**
 * Rate limits: at most so many of one thing in a minute.
 *
 * A bucket per name that refills evenly, on the monotonic clock, so that setting the
 * wall clock gives nobody more.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'

export interface RateLimits {
  /** Takes one, or says that none is left. */
  take(name: string, perMinute: number): boolean
}

interface Bucket {
  left: number
  filledAtMs: number
}

export function startRateLimits(clock: Clock): RateLimits {
  const buckets = new Map<string, Bucket>()
  return {
    take(name, perMinute) {
      const nowMs = clock.monotonicMs()
      const bucket = buckets.get(name) ?? { left: perMinute, filledAtMs: nowMs }
      const refilled = bucket.left + ((nowMs - bucket.filledAtMs) * perMinute) / 60_000
      const left = Math.min(perMinute, refilled)
      const isAllowed = left >= 1
      buckets.set(name, { left: isAllowed ? left - 1 : left, filledAtMs: nowMs })
      return isAllowed
    },
  }
}
