/**
 * Organization groups: the tree everything else belongs to.
 *
 * Names are unique below one parent. Moving a group is not possible here: what a
 * move changes has to be shown first.
 *
 * @module
 */
import { inTransaction, newId, refuseDuplicate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { foldName, readName } from './names.ts'
import type { Schema } from './schema.ts'

export interface OrganizationGroup {
  readonly id: string
  readonly name: string
  readonly parent: string | undefined
  readonly createdAt: Date
}

export interface NewOrganizationGroup {
  readonly name: string
  readonly parent?: string | undefined
  /** Given only when the identity is known from elsewhere. */
  readonly id?: string
}

export class Groups {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_NAME_INVALID, STORE_NAME_TAKEN, STORE_NOT_FOUND when the parent does not exist. */
  async add(group: NewOrganizationGroup): Promise<OrganizationGroup> {
    const { vault, clock } = this.#context
    const { shown, key } = readName(group.name)
    const id = group.id ?? newId()
    const row = {
      id,
      parentId: group.parent ?? null,
      parentKey: group.parent ?? '',
      name: shown,
      nameKey: key,
      createdAt: clock.now().getTime(),
    }
    await inTransaction(this.#context, async (db) => {
      if (group.parent !== undefined) await new Groups({ ...this.#context, db }).get(group.parent)
      await refuseDuplicate('NAME_TAKEN', 'group', db.insertInto('groups').values(row).execute())
      await vault.addDataKey(db, id, clock.now())
    })
    return present(row)
  }

  /** @throws STORE_NOT_FOUND. */
  async get(id: string): Promise<OrganizationGroup> {
    const group = await this.find(id)
    if (group === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'group' } })
    return group
  }

  async find(id: string): Promise<OrganizationGroup | undefined> {
    const row = await this.#context.db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async findByName(name: string, parent?: string): Promise<OrganizationGroup | undefined> {
    const row = await this.#context.db
      .selectFrom('groups')
      .selectAll()
      .where('parentKey', '=', parent ?? '')
      .where('nameKey', '=', foldName(name))
      .executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** All groups, or the children of one; by name. */
  async list(options: { readonly parent?: string } = {}): Promise<readonly OrganizationGroup[]> {
    let query = this.#context.db.selectFrom('groups').selectAll().orderBy('nameKey').orderBy('id')
    if (options.parent !== undefined) query = query.where('parentKey', '=', options.parent)
    return (await query.execute()).map(present)
  }
}

function present(row: Schema['groups']): OrganizationGroup {
  return { id: row.id, name: row.name, parent: row.parentId ?? undefined, createdAt: new Date(row.createdAt) }
}
