/**
 * Delegation: nobody gives, changes or takes away more than he has, or above his own group.
 *
 * @module
 */
import type { RoleAssignment, Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Actor, Grant, Right } from '../http/policy.ts'
import { lineage } from '../organization-groups/policy.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { asGrants } from './grants.ts'

export interface DelegationParts {
  readonly store: Store
  readonly groups: Pick<OrganizationGroups, 'byId'>
}

export class Delegation {
  readonly #parts: DelegationParts

  constructor(parts: DelegationParts) {
    this.#parts = parts
  }

  /** Whether the actor has the right of the route over a place; `undefined` is the whole installation. */
  async reaches(actor: Actor, place: string | undefined): Promise<boolean> {
    return isOver(actor.grants, await this.#above(place))
  }

  /** @throws CONSOLE_FORBIDDEN where the actor lacks one of the rights there. */
  async requireAll(actor: Actor, wanted: Iterable<Right>, place: string | undefined): Promise<void> {
    const above = await this.#above(place)
    const held = actor.held ?? actor.grants
    for (const right of wanted) {
      if (
        !isOver(
          held.filter((grant) => grant.rights.has(right)),
          above,
        )
      )
        throw consoleFailure('FORBIDDEN', { details: { because: 'more than your own rights', right } })
    }
  }

  /**
   * A role of a group is changed by that group's administrators: given above, it would let them grow.
   *
   * @throws CONSOLE_FORBIDDEN.
   */
  async requireInside(owner: string | undefined, place: string | undefined): Promise<void> {
    if (owner === undefined || (await this.#above(place)).includes(owner)) return
    throw consoleFailure('FORBIDDEN', { details: { because: 'the role is of another group' } })
  }

  /** For acting on an account: who may set its password has its rights. @throws CONSOLE_FORBIDDEN. */
  async requireGrants(actor: Actor, assignments: readonly RoleAssignment[]): Promise<void> {
    for (const { group, rights } of await asGrants(this.#parts.store, assignments)) {
      // A group that is gone gives nothing to anybody.
      if (group !== undefined && (await this.#above(group)).length === 0) continue
      await this.requireAll(actor, rights, group)
    }
  }

  async #above(place: string | undefined): Promise<readonly string[]> {
    return place === undefined ? [] : lineage(this.#parts.groups, place)
  }
}

function isOver(grants: readonly Grant[], above: readonly string[]): boolean {
  return grants.some(({ group }) => group === undefined || above.includes(group))
}
