/**
 * Which groups an actor can see: the one place where every route with a group in its address asks.
 *
 * A group outside an actor's subtrees is answered exactly like one that is not there,
 * also where only its name would give it away.
 *
 * @module
 */
import { foldName, type OrganizationGroup } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import { isInstallationWide, type Actor } from '../http/policy.ts'
import type { OrganizationGroups } from './organization-groups.ts'

/** By id, or by a name that only one group has that the actor sees. @throws CONSOLE_NOT_FOUND. */
export async function visibleGroup(
  groups: OrganizationGroups,
  reference: string,
  actor: Actor,
): Promise<OrganizationGroup> {
  const byId = /^[0-9a-f]{32}$/.test(reference) ? await groups.byId(reference) : undefined
  if (byId !== undefined && (await isVisible(groups, byId.id, actor))) return byId
  const key = foldName(reference)
  const [only, ...more] = (await visibleGroups(groups, actor)).filter(({ name }) => foldName(name) === key)
  if (only === undefined || more.length > 0) throw consoleFailure('NOT_FOUND')
  return only
}

export async function visibleGroups(groups: OrganizationGroups, actor: Actor): Promise<readonly OrganizationGroup[]> {
  const all = await groups.list()
  if (isInstallationWide(actor)) return all
  const byId = new Map(all.map((group) => [group.id, group]))
  const roots = new Set(actor.grants.map(({ group }) => group))
  return all.filter((group) => {
    for (let at: OrganizationGroup | undefined = group; at !== undefined; at = byId.get(at.parent ?? '')) {
      if (roots.has(at.id)) return true
    }
    return false
  })
}

async function isVisible(groups: OrganizationGroups, group: string, actor: Actor): Promise<boolean> {
  const above = await lineage(groups, group)
  return actor.grants.some(({ group: root }) => root === undefined || above.includes(root))
}

/** The group and all above it, nearest first. Empty for a group that is not there. */
export async function lineage(groups: Pick<OrganizationGroups, 'byId'>, group: string): Promise<readonly string[]> {
  const line: string[] = []
  for (let next: string | undefined = group; next !== undefined;) {
    const at: OrganizationGroup | undefined = await groups.byId(next)
    if (at !== undefined) line.push(at.id)
    next = at?.parent
  }
  return line
}

/**
 * Where something new is to be: a group the actor sees, or the top for who has the right over everything.
 *
 * @throws CONSOLE_NOT_FOUND, CONSOLE_FORBIDDEN.
 */
export async function placeOf(
  groups: OrganizationGroups,
  reference: string | undefined,
  actor: Actor,
): Promise<string | undefined> {
  if (reference !== undefined) return (await visibleGroup(groups, reference, actor)).id
  if (!isInstallationWide(actor)) throw consoleFailure('FORBIDDEN', { details: { because: 'name a group' } })
  return undefined
}
