/**
 * Roles: those built in, and those people make from the rights they have.
 *
 * @module
 */
import type { Store, StoredRole } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import { rights, type Actor, type Right } from '../http/policy.ts'
import { builtInRoles, type Role } from './built-in-roles.ts'
import type { Delegation } from './delegation.ts'
import { rightsOf } from './grants.ts'

export interface ShownRole extends Role {
  readonly isBuiltIn: boolean
  readonly group: string | undefined
}

export class RoleBook {
  readonly #store: Store
  readonly #delegation: Delegation

  constructor(store: Store, delegation: Delegation) {
    this.#store = store
    this.#delegation = delegation
  }

  async list(actor: Actor): Promise<readonly ShownRole[]> {
    const own: ShownRole[] = []
    for (const role of await this.#store.roles.list()) {
      if (await this.#isUsable(actor, role)) own.push(present(role))
    }
    return [...builtInRoles.map((role) => ({ ...role, isBuiltIn: true, group: undefined })), ...own]
  }

  /** By id or name. @throws CONSOLE_NOT_FOUND. */
  async find(actor: Actor, reference: string): Promise<ShownRole> {
    const known = await this.list(actor)
    const byId = known.find(({ id }) => id === reference)
    const [only, ...more] = known.filter(({ name }) => name === reference)
    const found = byId ?? (more.length > 0 ? undefined : only)
    if (found === undefined) throw consoleFailure('NOT_FOUND')
    return found
  }

  /** @throws CONSOLE_FORBIDDEN, STORE_NAME_TAKEN, STORE_NAME_INVALID. */
  async add(
    actor: Actor,
    role: { name: string; group: string | undefined; rights: readonly Right[] },
  ): Promise<ShownRole> {
    await this.#delegation.requireAll(actor, role.rights, role.group)
    const isTaken = builtInRoles.some(({ name }) => name.toLowerCase() === role.name.trim().toLowerCase())
    if (isTaken) throw consoleFailure('ROLE_BUILT_IN')
    const resources = [...new Set(role.rights)].toSorted()
    return present(await this.#store.roles.add({ name: role.name, group: role.group, resources }))
  }

  /** Whoever has the role gains and loses with it: needs the rights it had and those it gets. @throws CONSOLE_*. */
  async change(actor: Actor, reference: string, next: readonly Right[]): Promise<ShownRole> {
    const role = await this.#changeable(actor, reference)
    await this.#delegation.requireAll(actor, [...role.rights, ...next], role.group)
    await this.#store.roles.setResources(role.id, [...new Set(next)].toSorted())
    return this.find(actor, role.id)
  }

  async remove(actor: Actor, reference: string): Promise<void> {
    const role = await this.#changeable(actor, reference)
    await this.#delegation.requireAll(actor, role.rights, role.group)
    await this.#store.transaction((inside) => inside.roles.remove(role.id))
  }

  /** @throws CONSOLE_NOT_FOUND for a role of another place, CONSOLE_FORBIDDEN. */
  async requireGrantable(actor: Actor, reference: string, group: string | undefined): Promise<ShownRole> {
    const role = await this.find(actor, reference)
    await this.#delegation.requireInside(role.group, group)
    await this.#delegation.requireAll(actor, await rightsOf(this.#store, role.id), group)
    return role
  }

  async #changeable(actor: Actor, reference: string): Promise<ShownRole> {
    const role = await this.find(actor, reference)
    if (role.isBuiltIn) throw consoleFailure('ROLE_BUILT_IN')
    if (!(await this.#delegation.reaches(actor, role.group))) throw consoleFailure('NOT_FOUND')
    return role
  }

  /** A role of a group is seen from there and from above. */
  async #isUsable(actor: Actor, { group }: StoredRole): Promise<boolean> {
    return group === undefined || (await this.#delegation.reaches(actor, group))
  }
}

function present({ id, name, group, resources }: StoredRole): ShownRole {
  const known = resources.filter((word): word is Right => (rights as readonly string[]).includes(word))
  return { id, name, group, says: '', rights: known, isBuiltIn: false }
}
