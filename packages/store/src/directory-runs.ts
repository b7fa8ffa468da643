/**
 * Runs of directory syncs, and where each group stands.
 *
 * What a run has found out and how far it came is one text (`detail`), written with every
 * checkpoint; the program that runs it knows what is in it.
 *
 * @module
 */
import type { Json } from '@sallygate/base/json'
import { inTransaction, newId, toDate, type Context } from './context.ts'
import { Counters } from './counters.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'

type JsonObject = Readonly<Record<string, Json>>

export interface DirectoryScope {
  /** Stands for the group in every table of its objects. */
  readonly scope: number
  readonly state: JsonObject
}

export interface DirectoryRun {
  readonly run: number
  readonly id: string
  readonly group: string
  readonly scope: number
  /** Of the group, from 1. */
  readonly number: number
  readonly state: string
  readonly detail: JsonObject
  readonly startedAt: Date
  readonly endedAt: Date | undefined
}

export class DirectoryRuns {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Made where there is none. */
  async scope(group: string): Promise<DirectoryScope> {
    const found = await this.findScope(group)
    if (found !== undefined) return found
    const { db } = this.#context
    const scope = await new Counters(this.#context).next('directoryScopes')
    await db
      .insertInto('directoryScopes')
      .values({ groupId: group, scope, state: '{}' })
      .onConflict((it) => it.column('groupId').doNothing())
      .execute()
    return (await this.findScope(group)) ?? { scope, state: {} }
  }

  async findScope(group: string): Promise<DirectoryScope | undefined> {
    const query = this.#context.db.selectFrom('directoryScopes').selectAll().where('groupId', '=', group)
    const row = await query.executeTakeFirst()
    return row === undefined ? undefined : { scope: row.scope, state: JSON.parse(row.state) as JsonObject }
  }

  async writeState(group: string, state: JsonObject): Promise<void> {
    const { db } = this.#context
    await db
      .updateTable('directoryScopes')
      .set({ state: JSON.stringify(state) })
      .where('groupId', '=', group)
      .execute()
  }

  add(group: string, scope: number, state: string, detail: JsonObject): Promise<DirectoryRun> {
    return inTransaction(this.#context, async (db) => {
      await hold(db, `directory/${scope}`)
      const last = await db
        .selectFrom('directoryRuns')
        .select('number')
        .where('scope', '=', scope)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst()
      const row: Schema['directoryRuns'] = {
        run: await new Counters({ ...this.#context, db }).next('directoryRuns'),
        id: newId(),
        groupId: group,
        scope,
        number: (last?.number ?? 0) + 1,
        state,
        detail: JSON.stringify(detail),
        startedAt: this.#context.clock.now().getTime(),
        endedAt: null,
      }
      await db.insertInto('directoryRuns').values(row).execute()
      return present(row)
    })
  }

  async write(
    run: number,
    change: { readonly state?: string; readonly detail?: JsonObject; readonly endedAt?: Date },
  ): Promise<void> {
    const { state, detail, endedAt } = change
    await this.#context.db
      .updateTable('directoryRuns')
      .set({
        ...(state === undefined ? {} : { state }),
        ...(detail === undefined ? {} : { detail: JSON.stringify(detail) }),
        ...(endedAt === undefined ? {} : { endedAt: endedAt.getTime() }),
      })
      .where('run', '=', run)
      .execute()
  }

  async find(group: string, id: string): Promise<DirectoryRun | undefined> {
    const query = this.#context.db.selectFrom('directoryRuns').selectAll().where('id', '=', id)
    const row = await query.where('groupId', '=', group).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** Newest first. */
  async list(
    group: string,
    {
      before,
      limit,
      states,
    }: { readonly before?: number | undefined; readonly limit: number; readonly states?: readonly string[] },
  ): Promise<readonly DirectoryRun[]> {
    let query = this.#context.db.selectFrom('directoryRuns').selectAll().where('groupId', '=', group)
    if (before !== undefined) query = query.where('number', '<', before)
    if (states !== undefined) query = query.where('state', 'in', [...states])
    return (await query.orderBy('number', 'desc').limit(limit).execute()).map(present)
  }

  /** Of all groups. */
  async inState(state: string): Promise<readonly DirectoryRun[]> {
    const query = this.#context.db.selectFrom('directoryRuns').selectAll().where('state', '=', state)
    return (await query.orderBy('run').execute()).map(present)
  }

  /** Ended runs beyond the newest `keep`, oldest first; with `endedBefore` of those only the ones that ended before then. */
  async old(
    scope: number,
    { keep, limit, endedBefore }: { readonly keep: number; readonly limit: number; readonly endedBefore?: Date },
  ): Promise<readonly DirectoryRun[]> {
    const { db } = this.#context
    const last = await db
      .selectFrom('directoryRuns')
      .select('number')
      .where('scope', '=', scope)
      .orderBy('number', 'desc')
      .offset(keep)
      .limit(1)
      .executeTakeFirst()
    if (last === undefined) return []
    let query = db.selectFrom('directoryRuns').selectAll().where('scope', '=', scope)
    if (endedBefore !== undefined) query = query.where('endedAt', '<', endedBefore.getTime())
    const rows = await query
      .where('number', '<=', last.number)
      .where('endedAt', 'is not', null)
      .orderBy('number')
      .limit(limit)
      .execute()
    return rows.map(present)
  }

  async remove(run: number): Promise<void> {
    await this.#context.db.deleteFrom('directoryRuns').where('run', '=', run).execute()
  }
}

function present(row: Schema['directoryRuns']): DirectoryRun {
  const { run, id, groupId, scope, number, state } = row
  return {
    run,
    id,
    group: groupId,
    scope,
    number,
    state,
    detail: JSON.parse(row.detail) as JsonObject,
    startedAt: new Date(row.startedAt),
    endedAt: toDate(row.endedAt),
  }
}
