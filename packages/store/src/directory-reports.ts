/**
 * Reports of runs: what became of each object. Of a first run they are a table of their own, of all others what was staged.
 *
 * @module
 */
import type { Context } from './context.ts'
import type { Schema } from './schema.ts'

export type ReportedObject = Omit<Schema['directoryFirst'], 'run'>

export interface ReportPage {
  readonly after: number
  readonly limit: number
  readonly change?: string | undefined
  readonly kind?: string | undefined
}

/** A run has its rows in one of them. */
const tables = ['directoryStaged', 'directoryFirst'] as const
const columns = ['number', 'kind', 'id', 'change', 'name', 'dn', 'detail'] as const

export class DirectoryReports {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** In the order of numbers. */
  async changes(run: number, { after, limit, change, kind }: ReportPage): Promise<readonly ReportedObject[]> {
    const found: ReportedObject[] = []
    for (const table of tables) {
      let query = this.#context.db.selectFrom(table).select(columns).where('run', '=', run)
      query = query.where('number', '>', after).where('change', '!=', 'differs')
      if (change !== undefined) query = query.where('change', '=', change)
      if (kind !== undefined) query = query.where('kind', '=', kind)
      found.push(...(await query.orderBy('number').limit(limit).execute()))
    }
    return found
  }

  /** By what became of them. */
  async counts(run: number): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>()
    for (const table of tables) {
      const query = this.#context.db.selectFrom(table).select('change').where('run', '=', run).groupBy('change')
      for (const { change, count } of await query.select((it) => it.fn.countAll<number>().as('count')).execute())
        counts.set(change, (counts.get(change) ?? 0) + Number(count))
    }
    return counts
  }

  /** A report nobody looks for any more, a part at a time; what it tells of stays. @returns whether there may be more. */
  async forget(run: number, limit: number): Promise<boolean> {
    const { db } = this.#context
    for (const table of tables) {
      const some = db.selectFrom(table).select('number').where('run', '=', run).orderBy('number').limit(limit)
      const last = (await some.execute()).at(-1)
      if (last === undefined) continue
      await db.deleteFrom(table).where('run', '=', run).where('number', '<=', last.number).execute()
      return true
    }
    await db.deleteFrom('directoryStagedMembers').where('run', '=', run).execute()
    return false
  }
}
