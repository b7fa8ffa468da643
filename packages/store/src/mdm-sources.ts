/**
 * Other MDM servers that are asked for devices: where they are, how far it came, and whom they told of.
 *
 * The password lies sealed under the group's key. Whoever changes where a source is must
 * give it again, so that nobody learns it by pointing the source at a server of his own.
 *
 * @module
 */
import { encodeUtf8 } from '@sallygate/base/bytes'
import type { Json } from '@sallygate/base/json'
import { Secret } from '@sallygate/base/secret'
import { inTransaction, newId, type Context } from './context.ts'
import { readName } from './names.ts'
import type { Schema } from './schema.ts'

type JsonObject = Readonly<Record<string, Json>>

export interface MdmSource {
  readonly id: string
  readonly group: string
  readonly name: string
  /** Everything but the password. */
  readonly settings: JsonObject
  readonly hasPassword: boolean
  /** How it went; written by whoever asks the source. */
  readonly state: JsonObject
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface MdmSourceChange {
  readonly name: string
  readonly settings: JsonObject
  /** `null` erases; absent stays. */
  readonly password?: Secret | null | undefined
}

export class MdmSources {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_NAME_INVALID. */
  async add(group: string, change: MdmSourceChange): Promise<MdmSource> {
    const { db, clock } = this.#context
    const now = clock.now().getTime()
    const id = newId()
    const row: Schema['mdmSources'] = {
      id,
      groupId: group,
      name: readName(change.name).shown,
      settings: JSON.stringify(change.settings),
      sealed: await this.#seal(group, id, change.password ?? undefined),
      state: '{}',
      createdAt: now,
      updatedAt: now,
    }
    await db.insertInto('mdmSources').values(row).execute()
    return present(row)
  }

  /** @returns `undefined` when there is no such source of the group. @throws STORE_NAME_INVALID. */
  async set(group: string, id: string, change: MdmSourceChange): Promise<MdmSource | undefined> {
    const { password } = change
    const sealed = password === undefined ? undefined : await this.#seal(group, id, password ?? undefined)
    const values = {
      name: readName(change.name).shown,
      settings: JSON.stringify(change.settings),
      updatedAt: this.#context.clock.now().getTime(),
      ...(sealed === undefined ? {} : { sealed }),
    }
    const query = this.#context.db.updateTable('mdmSources').set(values).where('id', '=', id)
    await query.where('groupId', '=', group).execute()
    return this.find(group, id)
  }

  async find(group: string, id: string): Promise<MdmSource | undefined> {
    const query = this.#context.db.selectFrom('mdmSources').selectAll().where('id', '=', id)
    const row = await query.where('groupId', '=', group).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async list(group: string): Promise<readonly MdmSource[]> {
    const query = this.#context.db.selectFrom('mdmSources').selectAll().where('groupId', '=', group)
    return (await query.orderBy('createdAt').orderBy('id').execute()).map(present)
  }

  async all(): Promise<readonly MdmSource[]> {
    return (await this.#context.db.selectFrom('mdmSources').selectAll().orderBy('id').execute()).map(present)
  }

  /** @throws STORE_CANNOT_UNSEAL. */
  async openPassword(group: string, id: string): Promise<Secret | undefined> {
    const { db, vault } = this.#context
    const row = await db.selectFrom('mdmSources').select('sealed').where('id', '=', id).executeTakeFirst()
    if (row?.sealed === null || row === undefined) return undefined
    const opened = await vault.open(db, placeOf(group, id), row.sealed)
    return new Secret(opened.reveal().toString('utf8'))
  }

  async writeState(id: string, state: JsonObject): Promise<void> {
    await this.#context.db
      .updateTable('mdmSources')
      .set({ state: JSON.stringify(state) })
      .where('id', '=', id)
      .execute()
  }

  /** @returns whether there was such a source of the group. */
  remove(group: string, id: string): Promise<boolean> {
    return inTransaction(this.#context, async (db) => {
      const found = await db
        .selectFrom('mdmSources')
        .select('id')
        .where('id', '=', id)
        .where('groupId', '=', group)
        .executeTakeFirst()
      if (found === undefined) return false
      await db.deleteFrom('mdmSourceDevices').where('source', '=', id).execute()
      await db.deleteFrom('mdmSources').where('id', '=', id).execute()
      return true
    })
  }

  /** Whom the source told of, and how many whole answers ago. */
  async told(source: string): Promise<ReadonlyMap<string, number>> {
    const query = this.#context.db.selectFrom('mdmSourceDevices').select(['sourceId', 'missing'])
    const rows = await query.where('source', '=', source).execute()
    return new Map(rows.map(({ sourceId, missing }) => [sourceId, missing]))
  }

  /** After a whole answer: `missing` is 0 for those in it. */
  writeTold(source: string, told: ReadonlyMap<string, number>): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      await db.deleteFrom('mdmSourceDevices').where('source', '=', source).execute()
      const rows = [...told].map(([sourceId, missing]) => ({ source, sourceId, missing }))
      for (let at = 0; at < rows.length; at += 300) {
        await db
          .insertInto('mdmSourceDevices')
          .values(rows.slice(at, at + 300))
          .execute()
      }
    })
  }

  async #seal(group: string, id: string, password: Secret | undefined): Promise<Buffer | null> {
    if (password === undefined) return null
    const { db, vault } = this.#context
    return vault.seal(db, placeOf(group, id), encodeUtf8(password.reveal()))
  }
}

function placeOf(group: string, row: string) {
  return { table: 'mdmSources', column: 'sealed', row, group } as const
}

function present(row: Schema['mdmSources']): MdmSource {
  return {
    id: row.id,
    group: row.groupId,
    name: row.name,
    settings: JSON.parse(row.settings) as JsonObject,
    hasPassword: row.sealed !== null,
    state: JSON.parse(row.state) as JsonObject,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  }
}
