/**
 * The feed of nac: what nac has to be told, appended in the transaction that changes it.
 *
 * One row per thing, with the number of its last change: a nac that was away reads
 * each thing once, however often it changed. What is gone leaves a row without content.
 *
 * @module
 */
import { requireRecord, type NacEntry, type NacKind, type NacRecord } from '@sallygate/domain'
import { inTransaction, newId, type Context } from './context.ts'
import { Counters } from './counters.ts'
import type { Schema } from './schema.ts'

export interface NacFeedState {
  /** Which history the numbers are of. A restored backup begins another one. */
  readonly epoch: string
  /** The newest number. */
  readonly head: number
}

const counter = 'nacFeed'
const epochRow = 'nacFeedEpoch'

export class NacFeed {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /**
   * Tells nac. Numbers are given out in the order of commits: a second transaction waits for this one at the counter.
   *
   * @throws BASE_MALFORMED, NAC_RECORD_UNKNOWN for a record that nac would refuse.
   */
  append(...records: readonly NacRecord[]): Promise<void> {
    for (const record of records) requireRecord(record)
    if (records.length === 0) return Promise.resolve()
    return inTransaction(this.#context, async (db) => {
      for (const record of records) await appendOne({ ...this.#context, db }, record)
    })
  }

  /** What changed after a number, oldest change first. */
  async after(number: number, limit: number): Promise<readonly NacEntry[]> {
    const { db } = this.#context
    const query = db.selectFrom('nacFeed').selectAll().where('number', '>', number)
    return (await query.orderBy('number').limit(limit).execute()).map(present)
  }

  async find<K extends NacKind>(kind: K, id: string): Promise<(NacEntry & { readonly kind: K }) | undefined> {
    const { db } = this.#context
    const query = db.selectFrom('nacFeed').selectAll().where('kind', '=', kind).where('id', '=', id)
    const row = await query.executeTakeFirst()
    return row === undefined || row.content === null ? undefined : (present(row) as NacEntry & { readonly kind: K })
  }

  /** All of a kind that are still there; for the few kinds of which there are few. */
  async list<K extends NacKind>(kind: K): Promise<readonly (NacEntry & { readonly kind: K })[]> {
    const { db } = this.#context
    const query = db.selectFrom('nacFeed').selectAll().where('kind', '=', kind).where('content', 'is not', null)
    return (await query.orderBy('id').execute()).map((row) => present(row) as NacEntry & { readonly kind: K })
  }

  async state(): Promise<NacFeedState> {
    const head = await new Counters(this.#context).get(counter)
    return { epoch: await this.#epoch(), head }
  }

  async #epoch(): Promise<string> {
    const { db } = this.#context
    const read = async () =>
      (await db.selectFrom('meta').select('value').where('name', '=', epochRow).executeTakeFirst())?.value
    const known = await read()
    if (known !== undefined) return known
    const fresh = { name: epochRow, value: newId() }
    await db
      .insertInto('meta')
      .values(fresh)
      .onConflict((it) => it.doNothing())
      .execute()
    return (await read()) ?? fresh.value
  }
}

async function appendOne(context: Context, { kind, id, value }: NacRecord): Promise<void> {
  const { db, clock } = context
  const content = value === undefined ? null : JSON.stringify(value)
  const query = db.selectFrom('nacFeed').select('content').where('kind', '=', kind).where('id', '=', id)
  const known = await query.executeTakeFirst()
  // What nac knows already needs no number; nor does the end of what it never heard of.
  if (known === undefined ? content === null : known.content === content) return
  const number = await new Counters(context).next(counter)
  const row = { number, content, at: clock.now().getTime() }
  await db
    .insertInto('nacFeed')
    .values({ kind, id, ...row })
    .onConflict((it) => it.columns(['kind', 'id']).doUpdateSet(row))
    .execute()
}

function present(row: Schema['nacFeed']): NacEntry {
  const { number, kind, id, content } = row
  return { number, kind, id, ...(content === null ? {} : { value: JSON.parse(content) as never }) } as NacEntry
}
