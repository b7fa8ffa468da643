/**
 * Hops on the way through a proxy, told to whoever wants to show them.
 *
 * @module
 */

import type { Failure } from '@sallygate/base/failure'

/** Told as they happen: a hop is entered, and either says what it found or is the one that failed. */
export interface HopWatch {
  enter(hop: string): void
  found(says: string): void
  /** This one failed, and there is another way to try. */
  passed(failure: Failure): void
}

export const nobodyWatches: HopWatch = { enter: () => undefined, found: () => undefined, passed: () => undefined }
