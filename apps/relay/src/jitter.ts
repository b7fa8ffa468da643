/**
 * Randomness in times, so that many peers told the same thing do not come back together.
 *
 * @module
 */
import { randomInt } from 'node:crypto'

/** An integer from `min` up to, not including, `max`. */
export function between(min: number, max: number): number {
  return max <= min + 1 ? min : randomInt(Math.floor(min), Math.floor(max))
}

/** `ms` give or take a tenth. */
export function aboutMs(ms: number): number {
  return between(ms * 0.9, ms * 1.1)
}
