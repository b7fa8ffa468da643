/**
 * What a run of a directory sync has read: written page by page, compared, and kept as the report of the run.
 *
 * Nothing here is seen by anybody who looks for a person; that is what `directory-apply.ts` is for.
 *
 * @module
 */
import { sql } from 'kysely'
import { insertRows } from './bulk.ts'
import { inTransaction, type Context } from './context.ts'
import { anyNumber, anyText, items, asNumber } from './directory-lists.ts'
import type { Schema } from './schema.ts'

/** `differs` until it has been compared; the others are what the report says. */
export type StagedChange = 'differs' | 'added' | 'changed' | 'moved' | 'disabled' | 'enabled' | 'removed' | 'failed'

export type StagedObject = Omit<Schema['directoryStaged'], 'run' | 'change'> & {
  readonly change: StagedChange
  /** To be stored under `content`. */
  readonly fields?: string | undefined
}

export interface StagedPart {
  readonly number: number
  readonly part: number
  readonly digest: Uint8Array
  readonly refs: readonly string[]
}

export interface KnownObject {
  readonly number: number
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly digest: Uint8Array
  readonly membersDigest: Uint8Array | null
}

export type StagedSides = Schema['directoryStaged'] & {
  readonly newFields: string | null
  readonly oldFields: string | null
  readonly oldDn: string
  readonly oldKey: string
  readonly oldSid: string | null
  readonly oldPrimarySid: string | null
  readonly oldFlags: number
  readonly oldExpiresAt: number | null
  readonly oldMembersDigest: Uint8Array | null
}

const columns = [
  'run', 'kind', 'id', 'number', 'attempt', 'change', 'name', 'nameKey', 'login', 'loginKey', 'mail', 'dn', 'key', 'sid',
  'primarySid', 'flags', 'expiresAt', 'digest', 'membersDigest', 'content', 'detail',
] as const // prettier-ignore

export class DirectoryStaging {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** So many numbers that nobody else gets. @returns the first. */
  async takeNumbers(count: number): Promise<number> {
    const row = await this.#context.db
      .insertInto('counters')
      .values({ name: 'directoryObjects', value: count })
      .onConflict((it) => it.column('name').doUpdateSet((old) => ({ value: old('counters.value', '+', count) })))
      .returning('value')
      .executeTakeFirstOrThrow()
    return row.value - count + 1
  }

  /** Objects that are in force, by id. */
  async known(scope: number, kind: string, ids: readonly string[]): Promise<readonly KnownObject[]> {
    if (ids.length === 0) return []
    const { db } = this.#context
    const query = db
      .selectFrom('directoryObjects')
      .select(['number', 'id', 'kind', 'key', 'digest', 'membersDigest'])
      .where('scope', '=', scope)
      .where('kind', '=', kind)
    return query.where(sql<boolean>`"id" in ${anyText(db, ids)}`).execute()
  }

  /** Which of these, each an id and a name, are in force; with the ids of those that are called otherwise there. */
  async named(
    scope: number,
    kind: string,
    names: readonly (readonly [id: string, key: string])[],
  ): Promise<readonly { readonly number: number; readonly renamed: string | null }[]> {
    if (names.length === 0) return []
    const { db } = this.#context
    // Compared in the database: a hundred thousand are as they were, and nothing but their numbers is wanted of them.
    const { rows } = await sql<{ number: number; renamed: string | null }>`select o."number" as "number",
      case when o."key" = "item"."value" ->> 1 then null else o."id" end as "renamed"
      from ${items(db, names)} cross join "directoryObjects" o
      where o."scope" = ${scope} and o."kind" = ${kind} and o."id" = "item"."value" ->> 0`.execute(db)
    return rows
  }

  /** What this run has read before, by id. */
  async staged(run: number, kind: string, ids: readonly string[]): Promise<readonly Schema['directoryStaged'][]> {
    if (ids.length === 0) return []
    const { db } = this.#context
    const query = db.selectFrom('directoryStaged').selectAll().where('run', '=', run).where('kind', '=', kind)
    return query.where(sql<boolean>`"id" in ${anyText(db, ids)}`).execute()
  }

  /** A page: all of it or nothing. An object that was staged before is written over. */
  stage(run: number, attempt: number, objects: readonly StagedObject[], parts: readonly StagedPart[]): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      const contents = objects.flatMap(({ content, fields }) =>
        content === null || fields === undefined ? [] : [[content, fields] as const],
      )
      await insertRows(
        db,
        { into: 'directoryContents', columns: ['content', 'fields'], conflict: ['content'] },
        contents,
      )
      const conflict = ['run', 'kind', 'id']
      const rows = objects.map((object) => columns.map((column) => (column === 'run' ? run : object[column])))
      await insertRows(db, { into: 'directoryStaged', columns, conflict }, rows)
      await insertRows(
        db,
        {
          into: 'directoryStagedMembers',
          columns: ['run', 'number', 'part', 'attempt', 'digest', 'count', 'refs'],
          conflict: ['run', 'number', 'part'],
        },
        parts.map(({ number, part, digest, refs }) => [
          run,
          number,
          part,
          attempt,
          digest,
          refs.length,
          JSON.stringify(refs),
        ]),
      )
    })
  }

  /** They were read again and are the same. */
  async seenAgain(run: number, attempt: number, numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return
    const { db } = this.#context
    const inList = sql<boolean>`"number" in ${anyNumber(db, numbers)}`
    for (const table of ['directoryStaged', 'directoryStagedMembers'] as const)
      await db.updateTable(table).set({ attempt }).where('run', '=', run).where(inList).execute()
  }

  /** What an earlier attempt at a kind has read and this one has not: it is gone since. */
  async dropOlder(run: number, kind: 'user' | 'group', attempt: number): Promise<void> {
    await this.#drop(run, sql`"kind" = ${kind} and "attempt" < ${attempt}`)
    if (kind === 'user') return
    const { db } = this.#context
    await db.deleteFrom('directoryStagedMembers').where('run', '=', run).where('attempt', '<', attempt).execute()
  }

  /** Objects that the reading took back: they were staged, and are not there any more. */
  async drop(run: number, numbers: readonly number[]): Promise<void> {
    await this.#drop(run, sql`"number" in ${anyNumber(this.#context.db, numbers)}`)
  }

  /** The parts of groups that came in several, to make one digest of. */
  async partDigests(run: number): Promise<ReadonlyMap<number, readonly Uint8Array[]>> {
    const { db } = this.#context
    const several = db
      .selectFrom('directoryStagedMembers')
      .select('number')
      .where('run', '=', run)
      .where('part', '>', 0)
    const rows = await db
      .selectFrom('directoryStagedMembers')
      .select(['number', 'digest'])
      .where('run', '=', run)
      .where('number', 'in', several)
      .orderBy('number')
      .orderBy('part')
      .execute()
    const found = new Map<number, Uint8Array[]>()
    for (const { number, digest } of rows) {
      const list = found.get(number)
      if (list === undefined) found.set(number, [digest])
      else list.push(digest)
    }
    return found
  }

  async setMembersDigest(run: number, number: number, digest: Uint8Array): Promise<void> {
    const update = this.#context.db.updateTable('directoryStaged').set({ membersDigest: digest })
    await update.where('run', '=', run).where('number', '=', number).execute()
  }

  /** Numbers in force in rising order, for finding those that nobody has seen. */
  async numbers(scope: number, after: number, limit: number): Promise<readonly number[]> {
    const query = this.#context.db.selectFrom('directoryObjects').select('number').where('number', '>', after)
    const rows = await query.where('scope', '=', scope).orderBy('number').limit(limit).execute()
    return rows.map(({ number }) => number)
  }

  /** Stages what is in force as removed. */
  async stageRemoved(run: number, attempt: number, numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return
    const { db } = this.#context
    await sql`insert into "directoryStaged" (${sql.join(columns.map((column) => sql.ref(column)))})
      select ${asNumber(run)}, "kind", "id", "number", ${asNumber(attempt)}, 'removed', "name", "nameKey", "login", "loginKey", "mail", "dn",
        "key", "sid", "primarySid", "flags", "expiresAt", "digest", "membersDigest", null, null
      from "directoryObjects" where "number" in ${anyNumber(db, numbers)}
      on conflict ("run", "kind", "id") do update set "change" = 'removed', "attempt" = excluded."attempt"`.execute(db)
  }

  /** Those still to be compared, with both sides. */
  async differing(run: number, after: number, limit: number): Promise<readonly StagedSides[]> {
    const rows = await this.#context.db
      .selectFrom('directoryStaged')
      .innerJoin('directoryObjects', 'directoryObjects.number', 'directoryStaged.number')
      .leftJoin('directoryContents as newer', 'newer.content', 'directoryStaged.content')
      .leftJoin('directoryContents as older', 'older.content', 'directoryObjects.content')
      .selectAll('directoryStaged')
      .select([
        'newer.fields as newFields',
        'older.fields as oldFields',
        'directoryObjects.dn as oldDn',
        'directoryObjects.key as oldKey',
        'directoryObjects.sid as oldSid',
        'directoryObjects.primarySid as oldPrimarySid',
        'directoryObjects.flags as oldFlags',
        'directoryObjects.expiresAt as oldExpiresAt',
        'directoryObjects.membersDigest as oldMembersDigest',
      ])
      .where('directoryStaged.run', '=', run)
      .where('directoryStaged.change', '=', 'differs')
      .where('directoryStaged.number', '>', after)
      .orderBy('directoryStaged.number')
      .limit(limit)
      .execute()
    return rows
  }

  async setChanges(
    run: number,
    changes: readonly { readonly number: number; readonly change: StagedChange; readonly detail: string | null }[],
  ): Promise<void> {
    if (changes.length === 0) return
    const { db } = this.#context
    const rows = changes.map(({ number, change, detail }) => [number, change, detail])
    await sql`update "directoryStaged" set "change" = given."change", "detail" = given."detail"
      from (select cast("item"."value" ->> 0 as bigint) as "number", "item"."value" ->> 1 as "change",
        "item"."value" ->> 2 as "detail" from ${items(db, rows)}) as given
      where "directoryStaged"."run" = ${run} and "directoryStaged"."number" = given."number"`.execute(db)
  }

  /** The members a group was read with. */
  async stagedRefs(run: number, number: number): Promise<ReadonlySet<string>> {
    const rows = await this.#context.db
      .selectFrom('directoryStagedMembers')
      .select('refs')
      .where('run', '=', run)
      .where('number', '=', number)
      .execute()
    const refs = new Set<string>()
    for (const row of rows) for (const ref of JSON.parse(row.refs) as string[]) refs.add(ref)
    return refs
  }

  /** Lists of members are not needed any more once a run has ended; its report stays. */
  async dropMembers(run: number): Promise<void> {
    await this.#context.db.deleteFrom('directoryStagedMembers').where('run', '=', run).execute()
  }

  /** What was read and is not to come into force, a part at a time. @returns whether there may be more. */
  async discard(run: number, limit: number): Promise<boolean> {
    const { db } = this.#context
    const some = db.selectFrom('directoryStaged').select('number').where('run', '=', run).orderBy('number').limit(limit)
    const numbers = (await some.execute()).map(({ number }) => number)
    if (numbers.length === 0) {
      await this.dropMembers(run)
      return false
    }
    await this.#drop(run, sql`"number" in ${anyNumber(db, numbers)}`)
    return true
  }

  #drop(run: number, which: ReturnType<typeof sql>): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      const condition = sql<boolean>`${which}`
      await db
        .deleteFrom('directoryContents')
        .where('content', 'in', (it) =>
          it
            .selectFrom('directoryStaged')
            .select('directoryStaged.content')
            .where('run', '=', run)
            .where('directoryStaged.content', 'is not', null)
            .where(condition),
        )
        .execute()
      await db.deleteFrom('directoryStaged').where('run', '=', run).where(condition).execute()
    })
  }
}
