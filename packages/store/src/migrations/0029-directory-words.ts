/**
 * People and groups are found by every word of their names, and by their mail address. Never edited once released.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { addWords } from '../directory-words.ts'
import type { Schema } from '../schema.ts'
import { createTable, type ColumnTypes } from '../tables.ts'

const togetherRows = 2000

/** Those who are there already become findable too. */
export async function makeDirectoryWordTable(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'directoryWords', {
    columns: { scope: 'number', kind: 'text', word: 'text', number: 'number' },
    primary: ['scope', 'kind', 'word', 'number'],
    isClustered: true,
  })
  const store = db as Kysely<Schema>
  for (let after = 0; ;) {
    const query = store.selectFrom('directoryObjects').select(['number', 'scope', 'kind', 'name', 'mail'])
    const rows = await query.where('number', '>', after).orderBy('number').limit(togetherRows).execute()
    for (const scope of new Set(rows.map((row) => row.scope)))
      await addWords(
        store,
        scope,
        rows.filter((row) => row.scope === scope),
      )
    if (rows.length < togetherRows) return
    after = rows.at(-1)?.number ?? after
  }
}
