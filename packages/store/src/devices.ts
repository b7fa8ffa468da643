/**
 * Devices: all that is known of each, and finding one by what it is told apart.
 *
 * A device is written as a whole. What is searched and sorted by is copied into a narrow
 * row (`device-row.ts`); lists read only that (`device-list.ts`).
 *
 * @module
 */
import {
  identifierKey,
  strongKinds,
  usableMacs,
  type Device,
  type Identifiers,
  type Mac,
  type Statement,
} from '@sallygate/domain'
import { inTransaction, type Context } from './context.ts'
import { saveIdentifiers, saveSources } from './device-identifiers.ts'
import { rowOf } from './device-row.ts'
import { hold } from './hold.ts'

/** A device with what its picture was made from. */
export interface StoredDevice extends Device {
  /** What an administrator calls it. */
  readonly givenName?: string | undefined
  readonly stateAtMs: number
  /** It is not enrolled only because its sources knew it no more. */
  readonly isWithdrawn?: boolean | undefined
  /** The newest word of each source. */
  readonly statements: readonly Statement[]
  /** By what sources that have names of their own call it. */
  readonly sourceIds: readonly SourceId[]
  readonly nextEvaluationMs: number | undefined
}

export interface SourceId {
  readonly group: string
  readonly source: string
  readonly sourceId: string
}

/** An address that more devices have names none of them: adapters of virtual machines are the same on every host. */
const mostHolders = 8

export class Devices {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Call first in a transaction that looks for devices and then writes one: of two reports on a new device, the second finds it. */
  hold(): Promise<void> {
    return hold(this.#context.db, 'devices')
  }

  async find(id: string): Promise<StoredDevice | undefined> {
    return (await this.findAll([id]))[0]
  }

  /** Those that there are, by id. */
  async findAll(ids: readonly string[]): Promise<readonly StoredDevice[]> {
    if (ids.length === 0) return []
    const { db } = this.#context
    const query = db
      .selectFrom('deviceDetails')
      .select('content')
      .where('deviceId', 'in', [...ids])
    return (await query.orderBy('deviceId').execute()).map(({ content }) => JSON.parse(content) as StoredDevice)
  }

  /** Devices that share an identifier, or are named by the source; deleted ones are not found. */
  async sharing(identifiers: Identifiers, named: SourceId | undefined): Promise<readonly StoredDevice[]> {
    const ids = new Set<string>()
    for (const kind of strongKinds) {
      const value = identifiers[kind]
      if (value === undefined) continue
      for (const id of await this.#holders(kind, identifierKey(kind, value), 50)) ids.add(id)
    }
    for (const mac of usableMacs(identifiers.macs, new Set())) {
      const holders = await this.#holders('mac', mac, mostHolders + 1)
      if (holders.length <= mostHolders) for (const id of holders) ids.add(id)
    }
    if (named !== undefined) {
      const owner = await this.#ofSource(named)
      if (owner !== undefined) ids.add(owner)
    }
    return (await this.findAll([...ids])).filter(({ state }) => state !== 'deleted')
  }

  async ofSource(named: SourceId): Promise<StoredDevice | undefined> {
    const id = await this.#ofSource(named)
    return id === undefined ? undefined : this.find(id)
  }

  async #ofSource({ group, source, sourceId }: SourceId): Promise<string | undefined> {
    const query = this.#context.db
      .selectFrom('deviceSources')
      .select('deviceId')
      .where('source', '=', source)
      .where('sourceId', '=', sourceId)
      .where('groupId', '=', group)
    return (await query.executeTakeFirst())?.deviceId
  }

  /** Devices that have, or had, an address; of one that very many have, nobody. Without `except`. */
  async holdersOf(macs: readonly Mac[], except: string): Promise<ReadonlyMap<Mac, readonly MacHolder[] | 'many'>> {
    const found = new Map<Mac, readonly MacHolder[] | 'many'>()
    for (const mac of macs) {
      const rows = await this.#context.db
        .selectFrom('deviceIdentifiers')
        .innerJoin('devices', 'devices.id', 'deviceIdentifiers.deviceId')
        .select(['devices.id', 'devices.groupId', 'devices.state', 'isCurrent', 'lastSeenAt'])
        .where('kind', '=', 'mac')
        .where('key', '=', mac)
        .where('deviceId', '!=', except)
        .limit(mostHolders + 1)
        .execute()
      const holders = rows
        .filter(({ state }) => state !== 'deleted')
        .map(({ id, groupId, state, isCurrent, lastSeenAt }) => {
          return { device: id, group: groupId, state, isCurrent: isCurrent === 1, lastSeenMs: lastSeenAt }
        })
      if (rows.length > mostHolders) found.set(mac, 'many')
      else if (holders.length > 0) found.set(mac, holders)
    }
    return found
  }

  async #holders(kind: string, key: string, limit: number): Promise<readonly string[]> {
    const query = this.#context.db
      .selectFrom('deviceIdentifiers')
      .select('deviceId')
      .where('kind', '=', kind)
      .where('key', '=', key)
    return (await query.limit(limit).execute()).map(({ deviceId }) => deviceId)
  }

  /** Writes a device as it is now. `before` is what was read in the same transaction; absent for a new one. */
  save(device: StoredDevice, before: StoredDevice | undefined): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      const { id, ...row } = rowOf(device)
      const content = JSON.stringify(device)
      if (before === undefined) {
        await db
          .insertInto('devices')
          .values({ id, ...row })
          .execute()
        await db.insertInto('deviceDetails').values({ deviceId: id, content }).execute()
      } else {
        const old: Readonly<Record<string, unknown>> = { ...rowOf(before) }
        // When it is due may have been set for a whole group, without touching what is known of each device.
        const changed = Object.entries(row).filter(
          ([column, value]) => column === 'nextEvaluationAt' || old[column] !== value,
        )
        await db.updateTable('devices').set(Object.fromEntries(changed)).where('id', '=', id).execute()
        await db.updateTable('deviceDetails').set({ content }).where('deviceId', '=', id).execute()
      }
      await saveIdentifiers(db, device)
      await saveSources(db, device, before)
    })
  }

  /** For good, with everything that is only its own. */
  remove(id: string): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      for (const table of ofDevices) await db.deleteFrom(table).where('deviceId', '=', id).execute()
      await db.deleteFrom('devices').where('id', '=', id).execute()
    })
  }

  /** What has to be evaluated by now, the longest waiting first. */
  async due(nowMs: number, limit: number): Promise<readonly string[]> {
    const query = this.#context.db
      .selectFrom('devices')
      .select('id')
      .where('nextEvaluationAt', '<=', nowMs)
      .orderBy('nextEvaluationAt')
    return (await query.limit(limit).execute()).map(({ id }) => id)
  }

  /** Has all devices of some groups evaluated anew. @returns how many. */
  async evaluateAgain(groups: readonly string[]): Promise<number> {
    if (groups.length === 0) return 0
    const { db } = this.#context
    const update = db
      .updateTable('devices')
      .set({ nextEvaluationAt: 0 })
      .where('groupId', 'in', [...groups])
    return Number((await update.where('state', '!=', 'deleted').executeTakeFirst()).numUpdatedRows)
  }

  /** Says when a device is due, and changes nothing else. */
  async postpone(id: string, untilMs: number): Promise<void> {
    const { db } = this.#context
    await db.updateTable('devices').set({ nextEvaluationAt: untilMs }).where('id', '=', id).execute()
  }

  /** In order of their ids, for who has to see every one, or every one of some groups. */
  async after(id: string, limit: number, groups?: readonly string[]): Promise<readonly StoredDevice[]> {
    const { db } = this.#context
    let query = db.selectFrom('deviceDetails').select('content').where('deviceId', '>', id)
    if (groups !== undefined) {
      const ofGroups = db
        .selectFrom('devices')
        .select('id')
        .where('groupId', 'in', [...groups, ''])
      query = query.where('deviceId', 'in', ofGroups.where('id', '>', id).orderBy('id').limit(limit))
    }
    return (await query.orderBy('deviceId').limit(limit).execute()).map(
      ({ content }) => JSON.parse(content) as StoredDevice,
    )
  }

  /** Deleted before a moment. */
  async longDeleted(beforeMs: number, limit: number): Promise<readonly string[]> {
    const query = this.#context.db
      .selectFrom('devices')
      .select('id')
      .where('state', '=', 'deleted')
      .where('stateAt', '<', beforeMs)
    return (await query.limit(limit).execute()).map(({ id }) => id)
  }
}

export interface MacHolder {
  readonly device: string
  readonly group: string
  readonly state: string
  readonly isCurrent: boolean
  /** At most an hour behind. */
  readonly lastSeenMs: number
}

/** Tables with rows of one device each. */
export const ofDevices = [
  'deviceDetails',
  'deviceIdentifiers',
  'deviceSources',
  'deviceCredentials',
  'deviceCommands',
  'deviceHistory',
] as const
