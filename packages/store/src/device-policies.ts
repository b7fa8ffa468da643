/**
 * Compliance policies, each with its group.
 *
 * There are few: whoever evaluates reads all of them and keeps them.
 *
 * @module
 */
import type { Policy } from '@sallygate/domain'
import { newId, refuseDuplicate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { readName } from './names.ts'
import type { Schema } from './schema.ts'

export interface StoredPolicy extends Policy {
  readonly changedAt: Date
}

export type PolicyContent = Omit<Policy, 'id' | 'group'>

export class DevicePolicies {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_NAME_TAKEN, STORE_NAME_INVALID. */
  async add(group: string, policy: PolicyContent): Promise<StoredPolicy> {
    const row = this.#row(newId(), group, policy)
    await refuseDuplicate('NAME_TAKEN', 'policy', this.#context.db.insertInto('devicePolicies').values(row).execute())
    return present(row)
  }

  /** @throws STORE_NOT_FOUND, STORE_NAME_TAKEN, STORE_NAME_INVALID. */
  async change(id: string, policy: PolicyContent): Promise<StoredPolicy> {
    const { group } = await this.get(id)
    const row = this.#row(id, group, policy)
    const { name, nameKey, content, changedAt } = row
    const update = this.#context.db.updateTable('devicePolicies').set({ name, nameKey, content, changedAt })
    await refuseDuplicate('NAME_TAKEN', 'policy', update.where('id', '=', id).execute())
    return present(row)
  }

  async remove(id: string): Promise<void> {
    await this.#context.db.deleteFrom('devicePolicies').where('id', '=', id).execute()
  }

  /** @throws STORE_NOT_FOUND. */
  async get(id: string): Promise<StoredPolicy> {
    const row = await this.#context.db.selectFrom('devicePolicies').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'policy' } })
    return present(row)
  }

  /** By name. */
  async all(): Promise<readonly StoredPolicy[]> {
    const rows = await this.#context.db
      .selectFrom('devicePolicies')
      .selectAll()
      .orderBy('nameKey')
      .orderBy('id')
      .execute()
    return rows.map(present)
  }

  #row(id: string, groupId: string, { name, ...content }: PolicyContent): Schema['devicePolicies'] {
    const { shown, key } = readName(name)
    const changedAt = this.#context.clock.now().getTime()
    return { id, groupId, name: shown, nameKey: key, content: JSON.stringify(content), changedAt }
  }
}

function present({ id, groupId, name, content, changedAt }: Schema['devicePolicies']): StoredPolicy {
  const read = JSON.parse(content) as Omit<PolicyContent, 'name'>
  return { ...read, id, group: groupId, name, changedAt: new Date(changedAt) }
}
