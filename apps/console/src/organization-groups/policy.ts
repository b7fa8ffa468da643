/**
 * Which groups an actor can see: the one place where every route with a group in its address asks.
 *
 * A group outside an actor's subtree is answered exactly like one that is not there.
 * Actors have no subtree yet; when they get one, it is looked at here and nowhere else.
 *
 * @module
 */
import type { OrganizationGroup } from '@sallygate/store'
import type { Actor } from '../http/policy.ts'
import type { OrganizationGroups } from './organization-groups.ts'

/** @throws CONSOLE_NOT_FOUND. */
export function visibleGroup(groups: OrganizationGroups, reference: string, _actor: Actor): Promise<OrganizationGroup> {
  return groups.find(reference)
}
