/**
 * Organization groups: each with its own authority from its first moment.
 *
 * @module
 */
import type { OrganizationGroup, Store } from '@sallygate/store'
import { makeId, type GroupId } from '@sallygate/trust'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import { consoleFailure } from '../failures.ts'

export class OrganizationGroups {
  readonly #store: Store
  readonly #authorities: GroupAuthorities

  constructor(store: Store, authorities: GroupAuthorities) {
    this.#store = store
    this.#authorities = authorities
  }

  /** @throws STORE_NAME_TAKEN, STORE_NAME_INVALID, CONSOLE_NOT_FOUND for a parent that is not there. */
  async add(name: string, parent?: string): Promise<OrganizationGroup> {
    const parentId = parent === undefined ? undefined : (await this.find(parent)).id
    const id = makeId<GroupId>()
    const addCertificates = await this.#authorities.prepare(id)
    return this.#store.transaction(async (inside) => {
      const group = await inside.groups.add({ id, name, parent: parentId })
      await addCertificates(inside)
      return group
    })
  }

  list(): Promise<readonly OrganizationGroup[]> {
    return this.#store.groups.list()
  }

  /**
   * The group a person means by an id, or by a name that only one group has.
   *
   * @throws CONSOLE_NOT_FOUND, also for a name that several have: which one was meant cannot be told.
   */
  async find(reference: string): Promise<OrganizationGroup> {
    const byId = /^[0-9a-f]{32}$/.test(reference) ? await this.#store.groups.find(reference) : undefined
    if (byId !== undefined) return byId
    const parents = [undefined, ...(await this.list()).map(({ id }) => id)]
    const named = await Promise.all(parents.map((parent) => this.#store.groups.findByName(reference, parent)))
    const [only, ...more] = named.filter((group) => group !== undefined)
    if (only === undefined || more.length > 0) throw consoleFailure('NOT_FOUND')
    return only
  }

  /** So that a new installation has a place for its first connector. */
  async makeFirst(name: string): Promise<void> {
    if ((await this.list()).length === 0) await this.add(name)
  }
}
