/**
 * Rotations of a group's keys: one under way at most, and what came of the earlier ones.
 *
 * Which certificates count is in their status; here is why they were made, and how far
 * the change has come.
 *
 * @module
 */
import { inTransaction, newId, toDate, type Context } from './context.ts'
import { Counters } from './counters.ts'
import { storeFailure } from './failures.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'

/** `renewal` is the console's own doing, before an authority ends. */
export type RotationCause = 'regenerate' | 'revokeNow' | 'renewal'

/** The signing certificate only, or the group's authority as well. */
export type RotationScope = 'signing' | 'all'

/** `announced`: the new is known, the old signs. `switched`: the new signs, the old still counts. `replaced` by another. */
export type RotationState = 'announced' | 'switched' | 'done' | 'replaced'

export interface NewRotation {
  readonly group: string
  readonly cause: RotationCause
  readonly scope: RotationScope
  readonly startedBy: string
  readonly graceEndsAt: Date
  /** Rows of certificates. */
  readonly authority: string | undefined
  readonly signing: string
}

export interface Rotation extends NewRotation {
  readonly id: string
  /** Only rises. */
  readonly number: number
  readonly state: RotationState
  readonly startedAt: Date
  /** The first trust set that names the new keys; absent until it is issued. */
  readonly trustSetNumber: number | undefined
  readonly switchedAt: Date | undefined
  readonly endedAt: Date | undefined
  /** Connectors that have to be enrolled again. */
  readonly leftBehind: number | undefined
}

export interface RotationProgress {
  readonly state?: RotationState
  readonly trustSetNumber?: number
  readonly switchedAt?: Date
  readonly endedAt?: Date
  readonly leftBehind?: number
}

const running = ['announced', 'switched'] as const

export class Rotations {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_DUPLICATE while another one of the group is under way. */
  async add(rotation: NewRotation, switched?: Date): Promise<Rotation> {
    const { clock } = this.#context
    return inTransaction(this.#context, async (db) => {
      // Two that begin at once would each find no other.
      await hold(db, `rotation/${rotation.group}`)
      const inside = new Rotations({ ...this.#context, db })
      if ((await inside.running(rotation.group)).length > 0)
        throw storeFailure('DUPLICATE', { details: { what: 'rotation' } })
      const row: Schema['rotations'] = {
        id: newId(),
        number: await new Counters({ ...this.#context, db }).next('rotations'),
        groupId: rotation.group,
        cause: rotation.cause,
        scope: rotation.scope,
        state: switched === undefined ? 'announced' : 'switched',
        startedAt: clock.now().getTime(),
        startedBy: rotation.startedBy,
        graceEndsAt: rotation.graceEndsAt.getTime(),
        authorityId: rotation.authority ?? null,
        signingId: rotation.signing,
        trustSetNumber: null,
        switchedAt: switched?.getTime() ?? null,
        endedAt: null,
        leftBehind: null,
      }
      await db.insertInto('rotations').values(row).execute()
      return present(row)
    })
  }

  /** What is not said stays. @throws STORE_NOT_FOUND. */
  async advance(id: string, to: RotationProgress): Promise<Rotation> {
    const { state, trustSetNumber, switchedAt, endedAt, leftBehind } = to
    const row = await this.#context.db
      .updateTable('rotations')
      .set({
        ...(state === undefined ? {} : { state }),
        ...(trustSetNumber === undefined ? {} : { trustSetNumber }),
        ...(switchedAt === undefined ? {} : { switchedAt: switchedAt.getTime() }),
        ...(endedAt === undefined ? {} : { endedAt: endedAt.getTime() }),
        ...(leftBehind === undefined ? {} : { leftBehind }),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'rotation' } })
    return present(row)
  }

  /** Under way: of one group, or of all. */
  async running(group?: string): Promise<readonly Rotation[]> {
    let query = this.#context.db.selectFrom('rotations').selectAll().where('state', 'in', running).orderBy('number')
    if (group !== undefined) query = query.where('groupId', '=', group)
    return (await query.execute()).map(present)
  }

  /** Newest first. */
  async list(group: string, limit = 50): Promise<readonly Rotation[]> {
    const query = this.#context.db.selectFrom('rotations').selectAll().where('groupId', '=', group)
    return (await query.orderBy('number', 'desc').limit(limit).execute()).map(present)
  }
}

function present(row: Schema['rotations']): Rotation {
  return {
    id: row.id,
    number: row.number,
    group: row.groupId,
    cause: row.cause as RotationCause,
    scope: row.scope as RotationScope,
    state: row.state as RotationState,
    startedAt: new Date(row.startedAt),
    startedBy: row.startedBy,
    graceEndsAt: new Date(row.graceEndsAt),
    authority: row.authorityId ?? undefined,
    signing: row.signingId,
    trustSetNumber: row.trustSetNumber ?? undefined,
    switchedAt: toDate(row.switchedAt),
    endedAt: toDate(row.endedAt),
    leftBehind: row.leftBehind ?? undefined,
  }
}
