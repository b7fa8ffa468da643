/**
 * Lanes: who goes first where there is not room for all, and how much each may take.
 *
 * A person who signs in waits for nobody's synchronization. Both ends read the lane of an
 * operation from its class and its parameters; no caller chooses it, and the relay never learns it.
 *
 * @module
 */
import type { Operation, OperationClass } from './contract.ts'

/** The first goes first. */
export const lanes = ['urgent', 'usual', 'bulk'] as const

export type Lane = (typeof lanes)[number]

/** Whatever the parameters are. */
export const laneOfClass: Readonly<Record<OperationClass, Lane>> = {
  B: 'urgent',
  R: 'usual',
  S: 'usual',
  N: 'usual',
  O: 'bulk',
  J: 'bulk',
}

export function laneOf(operation: Operation, params: unknown): Lane {
  const lane = laneOfClass[operation.class]
  return lane === 'usual' && operation.isBulk(params) ? 'bulk' : lane
}

/**
 * Of so many places those that a lane may take: bulk half of them, usual work all but an
 * eighth, sign-ins all. Where there are fewer than four, nothing can be kept back.
 */
export function placesFor(lane: Lane, places: number): number {
  if (places < 4 || lane === 'urgent') return places
  return lane === 'bulk' ? Math.floor(places / 2) : places - Math.ceil(places / 8)
}
