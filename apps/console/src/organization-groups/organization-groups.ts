/**
 * Organization groups: a tree, each with its own authority from its first moment.
 *
 * @module
 */
import { GroupTree } from '@sallygate/domain'
import type { OrganizationGroup, Store } from '@sallygate/store'
import { makeId, type GroupId } from '@sallygate/trust'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import { consoleFailure } from '../failures.ts'

export class OrganizationGroups {
  readonly #store: Store
  readonly #authorities: GroupAuthorities
  /** As of the last change. This console is the only one that writes. */
  #tree: Promise<GroupTree<OrganizationGroup>> | undefined

  constructor(store: Store, authorities: GroupAuthorities) {
    this.#store = store
    this.#authorities = authorities
  }

  /** Looked at with every call, so it is kept. */
  tree(): Promise<GroupTree<OrganizationGroup>> {
    this.#tree ??= this.#read()
    return this.#tree
  }

  /** @throws STORE_NAME_TAKEN, STORE_NAME_INVALID, GROUP_*, CONSOLE_NOT_FOUND for a parent that is not there. */
  async add(name: string, parent?: string): Promise<OrganizationGroup> {
    const parentId = parent === undefined ? undefined : (await this.find(parent)).id
    const id = makeId<GroupId>()
    const addCertificates = await this.#authorities.prepare(id)
    return this.#changing(() =>
      this.#store.transaction(async (inside) => {
        const group = await inside.groups.add({ id, name, parent: parentId })
        await addCertificates(inside)
        return group
      }),
    )
  }

  /** @throws STORE_NAME_TAKEN, STORE_NAME_INVALID, GROUP_NAME_*. */
  rename(id: string, name: string): Promise<OrganizationGroup> {
    return this.#changing(() => this.#store.groups.rename(id, name))
  }

  /** @throws STORE_NAME_TAKEN, GROUP_CYCLE, GROUP_TOO_DEEP. */
  move(id: string, to: string | undefined): Promise<OrganizationGroup> {
    return this.#changing(() => this.#store.groups.move(id, to))
  }

  /** @throws GROUP_NOT_EMPTY, GROUP_LAST. */
  remove(id: string): Promise<void> {
    return this.#changing(() => this.#store.groups.remove(id))
  }

  async byId(id: string): Promise<OrganizationGroup | undefined> {
    return (await this.tree()).find(id)
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

  async #read(): Promise<GroupTree<OrganizationGroup>> {
    return new GroupTree(await this.#store.groups.list())
  }

  async #changing<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await change()
    } finally {
      this.#tree = undefined
    }
  }
}
