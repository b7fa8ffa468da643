/**
 * The history of a device: what became of it, the newest rows.
 *
 * @module
 */
import { inTransaction, type Context } from './context.ts'

export interface HistoryEntry {
  readonly number: number
  readonly atMs: number
  /** `enrolled`, `macAppeared`, `complianceChanged`, … */
  readonly kind: string
  readonly details: Readonly<Record<string, string | number | boolean>>
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
      for (const { kind, details } of entries) {
        const row = { deviceId: device, number: ++number, at, kind, details: JSON.stringify(details) }
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
}
