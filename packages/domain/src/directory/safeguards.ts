/**
 * Safeguards: how much a run may change before somebody has to look at it.
 *
 * New objects count as nothing: the first run adds everything, and a merger adds a company.
 *
 * @module
 */
export interface Safeguards {
  readonly maxRemovals: number
  readonly maxRemovalsPercent: number
  readonly maxChangesPercent: number
  readonly maxMembershipsRemovedPercent: number
}

export interface RunWeight {
  /** Objects there are before the run. */
  readonly existing: number
  readonly removed: number
  /** Changed, moved, disabled or enabled. */
  readonly changed: number
  /** Memberships there are before the run, in all groups. */
  readonly memberships: number
  /** Taken out of groups that stay. */
  readonly membershipsRemoved: number
}

export interface Tripped {
  readonly safeguard: keyof Safeguards
  readonly limit: number
  readonly actual: number
}

/** Of less than this a share says nothing: in a directory of twelve, two who leave are no accident. */
const fewestForPercent = 20

export function trippedBy(weight: RunWeight, limits: Safeguards): readonly Tripped[] {
  const { existing, removed, changed, memberships, membershipsRemoved } = weight
  const tripped: Tripped[] = []
  const look = (safeguard: keyof Safeguards, actual: number) => {
    if (actual > limits[safeguard]) tripped.push({ safeguard, limit: limits[safeguard], actual })
  }
  look('maxRemovals', removed)
  if (existing >= fewestForPercent) {
    look('maxRemovalsPercent', share(removed, existing))
    look('maxChangesPercent', share(changed + removed, existing))
  } else if (existing > 0 && removed === existing && limits.maxRemovalsPercent < 100) {
    tripped.push({ safeguard: 'maxRemovalsPercent', limit: limits.maxRemovalsPercent, actual: 100 })
  }
  // A membership attribute with a typo changes a few groups and empties all of them.
  if (memberships >= fewestForPercent) look('maxMembershipsRemovedPercent', share(membershipsRemoved, memberships))
  return tripped
}

const share = (count: number, all: number) => (all === 0 ? 0 : Math.round((count / all) * 10_000) / 100)
