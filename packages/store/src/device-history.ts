/**
 * The history of a device: what became of it, the newest rows.
 *
 * @module
 */
import { inTransaction, type Context } from './context.ts'
import { Counters } from './counters.ts'

export interface HistoryEntry {
  readonly number: number
  readonly atMs: number
  /** `enrolled`, `macAppeared`, `complianceChanged`, … */
  readonly kind: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}

const historyCounter = 'deviceHistory'

export interface PlacedHistory extends Omit<HistoryEntry, 'number'> {
  readonly place: number
  readonly device: string
  readonly name: string
  readonly group: string
}

/** Of each device. Years of a quiet one, weeks of one with a new address every day. */
const kept = 200

export class DeviceHistory {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Within the transaction that holds the device. */
  add(device: string, entries: readonly Omit<HistoryEntry, 'number' | 'atMs'>[]): Promise<void> {
    if (entries.length === 0) return Promise.resolve()
    return inTransaction(this.#context, async (db) => {
      const at = this.#context.clock.now().getTime()
      const newest = await db
        .selectFrom('deviceHistory')
        .select((it) => it.fn.max('number').as('number'))
        .where('deviceId', '=', device)
        .executeTakeFirst()
      let number = Number(newest?.number ?? 0)
      // Given out in the order of commits: a second transaction waits for this one at the counter.
      const counters = new Counters({ ...this.#context, db })
      for (const { kind, details } of entries) {
        const place = await counters.next(historyCounter)
        const row = { deviceId: device, number: ++number, at, kind, details: JSON.stringify(details), place }
        await db.insertInto('deviceHistory').values(row).execute()
      }
      await db
        .deleteFrom('deviceHistory')
        .where('deviceId', '=', device)
        .where('number', '<=', number - kept)
        .execute()
    })
  }

  /** Newest first. @param before Only rows before this number. */
  async list(device: string, limit: number, before?: number): Promise<readonly HistoryEntry[]> {
    let query = this.#context.db.selectFrom('deviceHistory').selectAll().where('deviceId', '=', device)
    if (before !== undefined) query = query.where('number', '<', before)
    return (await query.orderBy('number', 'desc').limit(limit).execute()).map(({ number, at, kind, details }) => ({
      number,
      atMs: at,
      kind,
      details: JSON.parse(details) as HistoryEntry['details'],
    }))
  }

  /** The place of the newest row of all. */
  head(): Promise<number> {
    return new Counters(this.#context).get(historyCounter)
  }

  /** Of all devices, in order, with what each is called now. */
  async after(place: number, limit: number): Promise<readonly PlacedHistory[]> {
    const { db } = this.#context
    const rows = await db
      .selectFrom('deviceHistory')
      .innerJoin('devices', 'devices.id', 'deviceHistory.deviceId')
      .select([
        'deviceHistory.place as place',
        'deviceHistory.at as at',
        'deviceHistory.kind as kind',
        'deviceHistory.details as details',
        'devices.id as device',
        'devices.name as name',
        'devices.groupId as group',
      ])
      .where('deviceHistory.place', '>', place)
      .orderBy('deviceHistory.place')
      .limit(limit)
      .execute()
    return rows.map(({ at, details, place: here, ...row }) => ({
      ...row,
      place: Number(here),
      atMs: at,
      details: JSON.parse(details) as HistoryEntry['details'],
    }))
  }
}
