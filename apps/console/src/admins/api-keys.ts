/**
 * API keys: each with one role in one place, given by somebody who has at least that.
 *
 * @module
 */
import type { Secret } from '@sallygate/base/secret'
import type { ApiKey, RoleAssignment, Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Actor } from '../http/policy.ts'
import type { Delegation } from './delegation.ts'
import type { RoleBook } from './roles.ts'

export interface ShownKey {
  readonly key: ApiKey
  readonly assignments: readonly RoleAssignment[]
}

export class ApiKeyBook {
  readonly #store: Store
  readonly #delegation: Delegation
  readonly #roles: RoleBook

  constructor(store: Store, delegation: Delegation, roles: RoleBook) {
    this.#store = store
    this.#delegation = delegation
    this.#roles = roles
  }

  async list(actor: Actor): Promise<readonly ShownKey[]> {
    const assignments = (await this.#store.roles.assignments()).filter(({ subjectKind }) => subjectKind === 'apiKey')
    const shown: ShownKey[] = []
    for (const key of await this.#store.apiKeys.list()) {
      const own = assignments.filter(({ subject }) => subject === key.id)
      if (await this.#isVisible(actor, own)) shown.push({ key, assignments: own })
    }
    return shown
  }

  /** @throws CONSOLE_NOT_FOUND. */
  async find(actor: Actor, reference: string): Promise<ShownKey> {
    const all = await this.list(actor)
    const byId = all.find(({ key }) => key.id === reference)
    const [only, ...more] = all.filter(({ key }) => key.name === reference && key.revokedAt === undefined)
    const found = byId ?? (more.length > 0 ? undefined : only)
    if (found === undefined) throw consoleFailure('NOT_FOUND')
    return found
  }

  /** @throws CONSOLE_FORBIDDEN, CONSOLE_NOT_FOUND for the role, STORE_NAME_INVALID. */
  async add(
    actor: Actor,
    fresh: {
      readonly name: string
      readonly role: string
      readonly group: string | undefined
      readonly expiresAt: Date | undefined
    },
  ): Promise<ShownKey & { readonly secret: Secret }> {
    const { name, group, expiresAt } = fresh
    const role = await this.#roles.requireGrantable(actor, fresh.role, group)
    return this.#store.transaction(async (inside) => {
      const { apiKey, key } = await inside.apiKeys.add({ name, ...(expiresAt === undefined ? {} : { expiresAt }) })
      const assignment = { subjectKind: 'apiKey' as const, subject: apiKey.id, role: role.id, group }
      await inside.roles.assign(assignment)
      return { key: apiKey, assignments: [assignment], secret: key }
    })
  }

  /** For good. Who sees a key may end it, whatever it may: a leaked one cannot wait for somebody with more rights. */
  async revoke(actor: Actor, reference: string): Promise<ShownKey> {
    const { key } = await this.find(actor, reference)
    await this.#store.apiKeys.revoke(key.id)
    return this.find(actor, key.id)
  }

  async #isVisible(actor: Actor, assignments: readonly RoleAssignment[]): Promise<boolean> {
    if (assignments.length === 0) return this.#delegation.reaches(actor, undefined)
    for (const { group } of assignments) if (!(await this.#delegation.reaches(actor, group))) return false
    return true
  }
}
