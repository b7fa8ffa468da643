/**
 * Syslog targets of groups, and how far each has come in the stream.
 *
 * The key of a client certificate lies sealed under the group's key. A position is on the
 * disk when its write returns, so that a console that is killed goes on where it was certain.
 *
 * @module
 */
import { encodeUtf8 } from '@sallygate/base/bytes'
import type { Json } from '@sallygate/base/json'
import { Secret } from '@sallygate/base/secret'
import { inTransaction, newId, type Context } from './context.ts'
import { Counters } from './counters.ts'
import { readName } from './names.ts'
import type { Schema } from './schema.ts'
import { feedCounter } from './syslog-feed.ts'

type JsonObject = Readonly<Record<string, Json>>

export interface SyslogTargetRow {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly settings: JsonObject
  readonly hasSecret: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface SyslogTargetChange {
  readonly name: string
  readonly settings: JsonObject
  /** `null` erases; absent stays. */
  readonly secret?: Secret | null | undefined
}

export interface SyslogPosition {
  /** Of the stream: everything up to here is dealt with for this target. */
  readonly position: number
  /** Of the target: what the last of them was numbered. */
  readonly sequence: number
  /** Counters and times, written by whoever delivers. */
  readonly state: JsonObject
}

export class SyslogTargets {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Its stream begins with what comes after this. @throws STORE_NAME_INVALID. */
  add(group: string, change: SyslogTargetChange): Promise<SyslogTargetRow> {
    return inTransaction(this.#context, async (db) => {
      const context = { ...this.#context, db }
      const now = context.clock.now().getTime()
      const id = newId()
      const row: Schema['syslogTargets'] = {
        id,
        groupId: group,
        name: readName(change.name).shown,
        settings: JSON.stringify(change.settings),
        sealed: await seal(context, group, id, change.secret ?? undefined),
        createdAt: now,
        updatedAt: now,
      }
      const position = await new Counters(context).get(feedCounter)
      await db.insertInto('syslogTargets').values(row).execute()
      await db.insertInto('syslogPositions').values({ target: id, position, sequence: 0, state: '{}' }).execute()
      return present(row)
    })
  }

  /** @returns `undefined` when there is no such target of the group. @throws STORE_NAME_INVALID. */
  async set(group: string, id: string, change: SyslogTargetChange): Promise<SyslogTargetRow | undefined> {
    const { secret } = change
    const sealed = secret === undefined ? undefined : await seal(this.#context, group, id, secret ?? undefined)
    const values = {
      name: readName(change.name).shown,
      settings: JSON.stringify(change.settings),
      updatedAt: this.#context.clock.now().getTime(),
      ...(sealed === undefined ? {} : { sealed }),
    }
    const query = this.#context.db.updateTable('syslogTargets').set(values).where('id', '=', id)
    await query.where('groupId', '=', group).execute()
    return this.find(group, id)
  }

  async find(group: string, id: string): Promise<SyslogTargetRow | undefined> {
    const query = this.#context.db.selectFrom('syslogTargets').selectAll().where('id', '=', id)
    const row = await query.where('groupId', '=', group).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async list(group: string): Promise<readonly SyslogTargetRow[]> {
    const query = this.#context.db.selectFrom('syslogTargets').selectAll().where('groupId', '=', group)
    return (await query.orderBy('createdAt').orderBy('id').execute()).map(present)
  }

  async all(): Promise<readonly SyslogTargetRow[]> {
    return (await this.#context.db.selectFrom('syslogTargets').selectAll().orderBy('id').execute()).map(present)
  }

  /** @throws STORE_CANNOT_UNSEAL. */
  async openSecret(group: string, id: string): Promise<Secret | undefined> {
    const { db, vault } = this.#context
    const row = await db.selectFrom('syslogTargets').select('sealed').where('id', '=', id).executeTakeFirst()
    if (row?.sealed === null || row === undefined) return undefined
    const opened = await vault.open(db, placeOf(group, id), row.sealed)
    return new Secret(opened.reveal().toString('utf8'))
  }

  /** @returns whether there was such a target of the group. */
  remove(group: string, id: string): Promise<boolean> {
    return inTransaction(this.#context, async (db) => {
      const query = db.selectFrom('syslogTargets').select('id').where('id', '=', id).where('groupId', '=', group)
      if ((await query.executeTakeFirst()) === undefined) return false
      await db.deleteFrom('syslogPositions').where('target', '=', id).execute()
      await db.deleteFrom('syslogTargets').where('id', '=', id).execute()
      return true
    })
  }

  async position(id: string): Promise<SyslogPosition | undefined> {
    const query = this.#context.db.selectFrom('syslogPositions').selectAll().where('target', '=', id)
    const row = await query.executeTakeFirst()
    if (row === undefined) return undefined
    return { position: row.position, sequence: row.sequence, state: JSON.parse(row.state) as JsonObject }
  }

  /** A target that was removed in between has no position any more. */
  async writePosition(id: string, { position, sequence, state }: SyslogPosition): Promise<void> {
    const values = { position, sequence, state: JSON.stringify(state) }
    await this.#context.db.updateTable('syslogPositions').set(values).where('target', '=', id).execute()
  }

  /** How far the last of them is; `undefined` without any. */
  async lowestPosition(): Promise<number | undefined> {
    const query = this.#context.db.selectFrom('syslogPositions').select((it) => it.fn.min('position').as('lowest'))
    const lowest = (await query.executeTakeFirst())?.lowest
    return lowest === null || lowest === undefined ? undefined : Number(lowest)
  }
}

async function seal({ db, vault }: Context, group: string, id: string, secret: Secret | undefined) {
  return secret === undefined ? null : vault.seal(db, placeOf(group, id), encodeUtf8(secret.reveal()))
}

function placeOf(group: string, row: string) {
  return { table: 'syslogTargets', column: 'sealed', row, group } as const
}

function present(row: Schema['syslogTargets']): SyslogTargetRow {
  return {
    id: row.id,
    group: row.groupId,
    name: row.name,
    settings: JSON.parse(row.settings) as JsonObject,
    hasSecret: row.sealed !== null,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  }
}
