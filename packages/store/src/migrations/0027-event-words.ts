/**
 * Events can be searched in any script: what is looked through is kept folded, as names are. Never edited once released.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { eventWords } from '../event-words.ts'
import type { Schema } from '../schema.ts'
import type { ColumnTypes } from '../tables.ts'

const togetherRows = 500

/** Events from before, ten thousand at most, become findable too. */
export async function addEventWords(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('events')
    .addColumn('words', sql.raw(types.text), (column) => column.notNull().defaultTo(''))
    .execute()
  await db.schema.createIndex('events_id_number').on('events').columns(['id', 'number']).execute()
  const events = db as Kysely<Schema>
  for (let after = 0; ;) {
    const query = events.selectFrom('events').select(['number', 'id', 'about', 'details']).where('number', '>', after)
    const rows = await query.orderBy('number').limit(togetherRows).execute()
    for (const { number, id, about, details } of rows)
      await events
        .updateTable('events')
        .set({ words: eventWords(id, about, JSON.parse(details) as Readonly<Record<string, string>>) })
        .where('number', '=', number)
        .execute()
    if (rows.length < togetherRows) return
    after = rows.at(-1)?.number ?? after
  }
}
