/**
 * Settings pages: per group and page, whether it is inherited and what children may do.
 *
 * What a page resolves to is a rule of the domain. Here are the rows, and a number that
 * rises with every change anywhere: of two states of a group's effective settings the
 * later one has the higher number, also when the group was moved in between.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import type { ChildPermission, PageMode } from '@sallygate/domain'
import { inTransaction, type Context } from './context.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'
import {
  ServiceSettingsStore,
  type ServiceSettingsChange,
  type ServiceSettingsOutcome,
  type SettingsObject,
} from './service-settings.ts'

export interface SettingsPageRow {
  readonly group: string
  readonly page: string
  readonly mode: PageMode
  readonly childPermission: ChildPermission
  readonly generation: number
  readonly updatedAt: Date
  /** Without the secret fields. Empty unless the mode is `override`. */
  readonly values: SettingsObject
  readonly secretsSet: readonly string[]
}

export interface SettingsPageChange {
  readonly group: string
  readonly page: string
  readonly mode: PageMode
  readonly childPermission: ChildPermission
  /** Of an override: the whole page. An inherited page has no values; what it had is erased. */
  readonly content: Omit<ServiceSettingsChange, 'group' | 'service'>
}

export class SettingsPages {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async all(): Promise<readonly SettingsPageRow[]> {
    const { db } = this.#context
    const rows = await db.selectFrom('settingsPages').selectAll().orderBy('groupId').orderBy('page').execute()
    const values = await db.selectFrom('serviceSettings').select(['groupId', 'service', 'settings']).execute()
    const secrets = await db.selectFrom('serviceSecrets').select(['groupId', 'service', 'field']).execute()
    const valuesOf = new Map(values.map((row) => [keyOf(row.groupId, row.service), row.settings]))
    const secretsOf = Map.groupBy(secrets, (row) => keyOf(row.groupId, row.service))
    return rows.map(({ groupId: group, page, mode, childPermission, generation, updatedAt }) => {
      const key = keyOf(group, page)
      const isOverride = mode === 'override'
      return {
        group,
        page,
        mode: mode as PageMode,
        childPermission: childPermission as ChildPermission,
        generation,
        updatedAt: new Date(updatedAt),
        values: isOverride ? (JSON.parse(valuesOf.get(key) ?? '{}') as SettingsObject) : {},
        secretsSet: isOverride ? (secretsOf.get(key) ?? []).map(({ field }) => field) : [],
      }
    })
  }

  /** Page, values and secrets in one step. */
  set(change: SettingsPageChange): Promise<ServiceSettingsOutcome> {
    const { group, page, mode, childPermission, content } = change
    return inTransaction(this.#context, async (db) => {
      await hold(db, 'settingsPages')
      const settings = new ServiceSettingsStore({ ...this.#context, db })
      const isErased = mode === 'inherit'
      const written = isErased ? erasing(content) : content
      const { erased } = await settings.set({ ...written, group, service: page })
      const generation = await nextGeneration(db)
      await this.#write(db, { groupId: group, page, mode, childPermission, generation })
      return { generation, erased }
    })
  }

  /**
   * Nothing stored changes, but what it means may have: a group was moved, or the relay has another address.
   *
   * @param floor Numbers up to here are used up: a connector holds settings that this database does not know of.
   */
  touch(pages: readonly { readonly group: string; readonly page: string }[], floor = 0): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      await hold(db, 'settingsPages')
      const generation = Math.max(await nextGeneration(db), floor + 1)
      for (const { group: groupId, page } of pages) {
        const before = await db
          .selectFrom('settingsPages')
          .select(['mode', 'childPermission'])
          .where('groupId', '=', groupId)
          .where('page', '=', page)
          .executeTakeFirst()
        const { mode = 'inherit', childPermission = 'inheritOrOverride' } = before ?? {}
        await this.#write(db, { groupId, page, mode, childPermission, generation })
      }
    })
  }

  async #write(db: Kysely<Schema>, row: Omit<Schema['settingsPages'], 'updatedAt'>): Promise<void> {
    const updatedAt = this.#context.clock.now().getTime()
    const { mode, childPermission, generation } = row
    await db
      .insertInto('settingsPages')
      .values({ ...row, updatedAt })
      .onConflict((it) => it.columns(['groupId', 'page']).doUpdateSet({ mode, childPermission, generation, updatedAt }))
      .execute()
  }
}

async function nextGeneration(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom('settingsPages')
    .select(({ fn }) => fn.max('generation').as('newest'))
    .executeTakeFirst()
  return Number(row?.newest ?? 0) + 1
}

function erasing(content: SettingsPageChange['content']): SettingsPageChange['content'] {
  return { ...content, settings: {}, secrets: Object.fromEntries(content.secretFields.map((field) => [field, null])) }
}

const keyOf = (group: string, page: string) => `${group} ${page}`
