/**
 * Commands for devices: queued until the device checks in, sent until it acknowledges.
 *
 * @module
 */
import { sql } from 'kysely'
import type { CommandKind, CommandState, DeviceCommand, MessageText } from '@sallygate/domain'
import { newId, refuseDuplicate, type Context } from './context.ts'
import type { Schema } from './schema.ts'

export interface NewDeviceCommand {
  readonly device: string
  readonly kind: CommandKind
  readonly text?: MessageText | undefined
  readonly by: string
  readonly note?: string | undefined
  readonly dedupKey?: string | undefined
  readonly expiresAt: Date
}

export type CommandPlace = Pick<DeviceCommand, 'requestedAtMs' | 'id'>

const waiting = ['queued', 'sent'] as const

export class DeviceCommands {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_DUPLICATE for a dedup key that the device has a command of. */
  async add(command: NewDeviceCommand): Promise<DeviceCommand> {
    const row: Schema['deviceCommands'] = {
      id: newId(),
      deviceId: command.device,
      kind: command.kind,
      state: 'queued',
      text: command.text === undefined ? null : JSON.stringify(command.text),
      requestedBy: command.by,
      note: command.note ?? null,
      dedupKey: command.dedupKey ?? null,
      requestedAt: this.#context.clock.now().getTime(),
      expiresAt: command.expiresAt.getTime(),
      sentAt: null,
      endedAt: null,
      result: null,
    }
    const insert = this.#context.db.insertInto('deviceCommands').values(row)
    await refuseDuplicate('DUPLICATE', 'device command', insert.execute())
    return present(row)
  }

  async find(id: string): Promise<DeviceCommand | undefined> {
    const query = this.#context.db.selectFrom('deviceCommands').selectAll().where('id', '=', id)
    const row = await query.executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async byDedupKey(device: string, dedupKey: string): Promise<DeviceCommand | undefined> {
    const query = this.#ofDevice(device).where('dedupKey', '=', dedupKey)
    const row = await query.executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** Queued or sent, oldest first. */
  async waiting(device: string): Promise<readonly DeviceCommand[]> {
    const query = this.#ofDevice(device).where('state', 'in', [...waiting])
    return (await query.orderBy('requestedAt').orderBy('id').limit(100).execute()).map(present)
  }

  /** Newest first. @param after The last one of the page before. */
  async list(device: string, limit: number, after?: CommandPlace): Promise<readonly DeviceCommand[]> {
    let query = this.#ofDevice(device).orderBy('requestedAt', 'desc').orderBy('id', 'desc')
    if (after !== undefined)
      query = query.where(
        sql<boolean>`(${sql.ref('requestedAt')}, ${sql.ref('id')}) < (${after.requestedAtMs}, ${after.id})`,
      )
    return (await query.limit(limit).execute()).map(present)
  }

  async sent(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const { db, clock } = this.#context
    await db
      .updateTable('deviceCommands')
      .set({ state: 'sent', sentAt: clock.now().getTime() })
      .where('id', 'in', [...ids])
      .where('state', '=', 'queued')
      .execute()
  }

  /** @returns the command as it is now; `undefined` where the device has none such that waits. */
  async end(
    device: string,
    id: string,
    state: Exclude<CommandState, 'queued' | 'sent'>,
    result?: string,
  ): Promise<DeviceCommand | undefined> {
    const { db, clock } = this.#context
    const row = await db
      .updateTable('deviceCommands')
      .set({ state, endedAt: clock.now().getTime(), result: result ?? null })
      .where('id', '=', id)
      .where('deviceId', '=', device)
      .where('state', 'in', [...waiting])
      .returningAll()
      .executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** Ends all that wait for a device. */
  async cancelAll(device: string, result: string): Promise<void> {
    const { db, clock } = this.#context
    await db
      .updateTable('deviceCommands')
      .set({ state: 'cancelled', endedAt: clock.now().getTime(), result })
      .where('deviceId', '=', device)
      .where('state', 'in', [...waiting])
      .execute()
  }

  /** Ends what waited too long. @returns it. */
  async expire(limit: number): Promise<readonly DeviceCommand[]> {
    const { db, clock } = this.#context
    const now = clock.now().getTime()
    const late = db
      .selectFrom('deviceCommands')
      .select('id')
      .where('state', 'in', [...waiting])
      .where('expiresAt', '<=', now)
      .limit(limit)
    const ids = (await late.execute()).map(({ id }) => id)
    if (ids.length === 0) return []
    const expired = db.updateTable('deviceCommands').set({ state: 'expired', endedAt: now }).where('id', 'in', ids)
    return (
      await expired
        .where('state', 'in', [...waiting])
        .returningAll()
        .execute()
    ).map(present)
  }

  /** How many were asked for since a moment, of some kinds. */
  async countSince(kinds: readonly CommandKind[], by: string, sinceMs: number): Promise<number> {
    const counted = await this.#context.db
      .selectFrom('deviceCommands')
      .select((it) => it.fn.countAll<number>().as('count'))
      .where('requestedAt', '>', sinceMs)
      .where('requestedBy', '=', by)
      .where('kind', 'in', [...kinds])
      .executeTakeFirstOrThrow()
    return Number(counted.count)
  }

  #ofDevice(device: string) {
    return this.#context.db.selectFrom('deviceCommands').selectAll().where('deviceId', '=', device)
  }
}

function present(row: Schema['deviceCommands']): DeviceCommand {
  return {
    id: row.id,
    device: row.deviceId,
    kind: row.kind as CommandKind,
    text: row.text === null ? undefined : (JSON.parse(row.text) as MessageText),
    state: row.state as CommandState,
    by: row.requestedBy,
    note: row.note ?? undefined,
    requestedAtMs: row.requestedAt,
    sentAtMs: row.sentAt ?? undefined,
    endedAtMs: row.endedAt ?? undefined,
    result: row.result ?? undefined,
  }
}
