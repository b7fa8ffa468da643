/**
 * Nested groups: everybody who is in a group by way of others, cycles and all.
 *
 * The store asks the same of its tables; this is what it has to agree with.
 *
 * @module
 */

/** Direct members by group. */
export type Memberships = ReadonlyMap<string, ReadonlySet<string>>

/** Whoever can be reached from a group. The group itself only where it is in one of its own members. */
export function transitiveMembers(group: string, memberships: Memberships): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [...(memberships.get(group) ?? [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    waiting.push(...(memberships.get(next) ?? []))
  }
  return reached
}
