/**
 * Traces: what came of tests, the newest few of every target.
 *
 * What a trace says is the console's; here it is text with an identity.
 *
 * @module
 */
import { inTransaction, type Context } from './context.ts'
import { Counters } from './counters.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'

export interface StoredTrace {
  readonly id: string
  /** Only rises. */
  readonly number: number
  /** What was tested, in the console's words: all tests of one target say the same. */
  readonly target: string
  readonly group: string | undefined
  readonly at: Date
  /** JSON. */
  readonly content: string
}

export class Traces {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Adds one, or writes the one of this id anew, and forgets the oldest of its target beyond `keep`. */
  async put(trace: Omit<StoredTrace, 'at' | 'number'>, keep: number): Promise<void> {
    const { id, target, group, content } = trace
    const at = this.#context.clock.now().getTime()
    await inTransaction(this.#context, async (db) => {
      // Two tests of one target that end together would each leave the other's row to be forgotten.
      await hold(db, `traces/${target}`)
      const number = await new Counters({ ...this.#context, db }).next('traces')
      await db
        .insertInto('traces')
        .values({ id, number, target, groupId: group ?? null, at, content })
        .onConflict((it) => it.column('id').doUpdateSet({ content }))
        .execute()
      const old = db.selectFrom('traces').select('id').where('target', '=', target).orderBy('number', 'desc')
      const gone = await old.offset(keep).limit(1000).execute()
      for (const row of gone) await db.deleteFrom('traces').where('id', '=', row.id).execute()
    })
  }

  async find(id: string): Promise<StoredTrace | undefined> {
    const row = await this.#context.db.selectFrom('traces').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** Newest first. */
  async list(filter: {
    readonly target?: string | undefined
    readonly group?: string | undefined
    readonly before?: number | undefined
    readonly limit: number
  }): Promise<readonly StoredTrace[]> {
    let query = this.#context.db.selectFrom('traces').selectAll().orderBy('number', 'desc').limit(filter.limit)
    if (filter.target !== undefined) query = query.where('target', '=', filter.target)
    if (filter.before !== undefined) query = query.where('number', '<', filter.before)
    if (filter.group !== undefined) query = query.where('groupId', '=', filter.group)
    return (await query.execute()).map(present)
  }
}

function present({ id, number, target, groupId, at, content }: Schema['traces']): StoredTrace {
  return { id, number, target, group: groupId ?? undefined, at: new Date(at), content }
}
