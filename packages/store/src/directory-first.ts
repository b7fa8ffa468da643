/**
 * The first run of a group: nothing is in force that could differ, so what is read goes where it will be in force.
 *
 * Nobody sees it there before the run is done: who shows people asks whether their group has ever been synchronized.
 * A run that ends in any other way is erased, and a pass that begins anew begins with nothing.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { insertRows, isPostgres } from './bulk.ts'
import { inTransaction, type Context } from './context.ts'
import { asNumber, anyNumber, anyText, elements, items } from './directory-lists.ts'
import { addWords, dropWords } from './directory-words.ts'
import type { StagedObject, StagedPart } from './directory-staging.ts'
import type { Schema } from './schema.ts'

export interface FirstRun {
  readonly run: number
  readonly scope: number
  /** What the values of a group's membership attribute are. */
  readonly refs: 'key' | 'loginKey'
}

const columns = [
  'number', 'scope', 'kind', 'id', 'name', 'nameKey', 'login', 'loginKey', 'mail', 'dn', 'key', 'sid', 'primarySid',
  'flags', 'expiresAt', 'digest', 'membersDigest', 'content', 'syncedAt',
] as const // prettier-ignore

const told = ['run', 'number', 'kind', 'id', 'change', 'name', 'dn', 'detail'] as const

export class DirectoryFirst {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Objects of one kind, each once, and parts of groups that are among them or were before. */
  add(first: FirstRun, objects: readonly StagedObject[], parts: readonly StagedPart[], attempt: number): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      const usable = objects.filter(({ change }) => change !== 'failed')
      const contents = usable.map(({ content, fields }) => [content, fields ?? '{}'])
      await insertRows(db, { into: 'directoryContents', columns: ['content', 'fields'] }, contents)
      const inserted = await this.#insert(db, first, usable)
      if (inserted < usable.length) await this.#insertOver(db, first, usable)
      const rows = objects.map((object) => told.map((column) => (column === 'run' ? first.run : object[column])))
      await insertRows(db, { into: 'directoryFirst', columns: told }, rows)
      await insertRows(
        db,
        {
          into: 'directoryStagedMembers',
          columns: ['run', 'number', 'part', 'attempt', 'digest', 'count', 'refs'],
          conflict: ['run', 'number', 'part'],
        },
        // The digest of a group in several parts is made of theirs; the members themselves are in force.
        parts.map(({ number, part, digest, refs }) => [first.run, number, part, attempt, digest, refs.length, '[]']),
      )
      await addMembers(db, first, parts)
    })
  }

  #insert(db: Kysely<Schema>, { scope }: FirstRun, objects: readonly StagedObject[]): Promise<number> {
    const syncedAt = this.#context.clock.now().getTime()
    const rows = objects.map((object) =>
      columns.map((column) => (column === 'scope' ? scope : column === 'syncedAt' ? syncedAt : object[column])),
    )
    return insertRows(db, { into: 'directoryObjects', columns, conflict: ['scope', 'kind', 'id'], set: [] }, rows)
  }

  /** A directory that changes while it is read tells of somebody twice: the later one counts. */
  async #insertOver(db: Kysely<Schema>, first: FirstRun, objects: readonly StagedObject[]): Promise<void> {
    const numbers = new Map(objects.map(({ id, number }) => [id, number]))
    const kind = objects[0]?.kind ?? ''
    const there = await db
      .selectFrom('directoryObjects')
      .select(['id', 'number', 'content'])
      .where('scope', '=', first.scope)
      .where('kind', '=', kind)
      .where(sql<boolean>`"id" in ${anyText(db, [...numbers.keys()])}`)
      .execute()
    const older = there.filter(({ id, number }) => numbers.get(id) !== number)
    // Whoever names it names what it was called: that it is somebody else's name now is found out at the end.
    await sql`insert into "directoryLooseMembers" ("parent", "ref", "scope")
      select m."parent", o.${sql.ref(first.refs)}, ${asNumber(first.scope)} from "directoryMembers" m
      join "directoryObjects" o on o."number" = m."child" where o.${sql.ref(first.refs)} is not null and m."child" in
      ${anyNumber(
        db,
        older.map(({ number }) => number),
      )} on conflict do nothing`.execute(db)
    await remove(db, first, older)
    const again = new Set(older.map(({ id }) => id))
    await this.#insert(
      db,
      first,
      objects.filter(({ id }) => again.has(id)),
    )
  }

  async setMembersDigest(number: number, digest: Uint8Array): Promise<void> {
    const update = this.#context.db.updateTable('directoryObjects').set({ membersDigest: digest })
    await update.where('number', '=', number).execute()
  }

  /**
   * Groups in groups, once all of them are there: the next groups after a number are put into those that name them.
   *
   * @returns the last of them; `undefined` when there are no more.
   */
  settle({ scope, refs }: FirstRun, after: number, limit: number): Promise<number | undefined> {
    return inTransaction(this.#context, async (db) => {
      const some = db.selectFrom('directoryObjects').select('number').where('scope', '=', scope)
      const page = some.where('kind', '=', 'group').where('number', '>', after).orderBy('number').limit(limit)
      const numbers = (await page.execute()).map(({ number }) => number)
      const last = numbers.at(-1)
      if (last === undefined) return undefined
      const ref = sql.ref(refs)
      const groups = sql`"directoryObjects" g where g."number" in ${anyNumber(db, numbers)} and g.${ref} is not null`
      const named = sql`from (select g."number", g.${ref} as "ref" from ${groups}) g
        cross join "directoryLooseMembers" l where l."scope" = ${scope} and l."ref" = g."ref"`
      await sql`insert into "directoryMembers" ("parent", "child")
        select l."parent", g."number" ${named} on conflict do nothing`.execute(db)
      // By its login a group can be somebody else as well, who was there before it, and then both are meant.
      await sql`insert into "directoryMembers" ("parent", "child")
        select m."parent", g."number" from (select g."number", g.${ref} as "ref" from ${groups}) g
        cross join "directoryObjects" u cross join "directoryMembers" m
        where u."scope" = ${scope} and u.${ref} = g."ref" and u."number" <> g."number" and m."child" = u."number"
        on conflict do nothing`.execute(db)
      await sql`delete from "directoryLooseMembers" where "scope" = ${scope} and "ref" in
        (select g.${ref} from ${groups})`.execute(db)
      return last
    })
  }

  /**
   * The words by which they are found, once all of them are there: of many at a time, because in the order of words they
   * cost a fifth. @returns as `settle`.
   */
  addWords({ scope }: FirstRun, after: number, limit: number): Promise<number | undefined> {
    return inTransaction(this.#context, async (db) => {
      const some = db.selectFrom('directoryObjects').select(['number', 'kind', 'name', 'mail'])
      const query = some.where('scope', '=', scope).where('number', '>', after)
      const rows = await query.orderBy('number').limit(limit).execute()
      await addWords(db, scope, rows)
      return rows.at(-1)?.number
    })
  }

  /**
   * Lets PostgreSQL count: it takes tables that were just filled for empty until it looks by itself, which is up to
   * minutes later, and goes through all people for each search until then.
   */
  async count(): Promise<void> {
    const { db } = this.#context
    if (!isPostgres(db)) return
    for (const table of ['directoryObjects', 'directoryWords', 'directoryMembers'] as const)
      await sql`analyze ${sql.table(table)}`.execute(db)
  }

  /** What was written, or the groups of it, a part at a time. @returns whether there may be more. */
  erase(scope: number, run: number | undefined, kind: 'group' | undefined, limit: number): Promise<boolean> {
    return inTransaction(this.#context, async (db) => {
      let query = db.selectFrom('directoryObjects').select(['number', 'content']).where('scope', '=', scope)
      if (kind !== undefined) query = query.where('kind', '=', kind)
      const rows = await query.limit(limit).execute()
      if (rows.length > 0) await remove(db, { run, scope }, rows)
      if (rows.length === limit || run === undefined) return rows.length === limit
      // Those that could not be used are told of and nowhere else.
      const report = db.deleteFrom('directoryFirst').where('run', '=', run)
      await (kind === undefined ? report : report.where('kind', '=', kind)).execute()
      return false
    })
  }
}

async function remove(
  db: Kysely<Schema>,
  { run, scope }: { readonly run: number | undefined; readonly scope: number },
  rows: readonly { readonly number: number; readonly content: number }[],
): Promise<void> {
  const numbers = anyNumber(
    db,
    rows.map(({ number }) => number),
  )
  const contents = anyNumber(
    db,
    rows.map(({ content }) => content),
  )
  await sql`delete from "directoryMembers" where "parent" in ${numbers}`.execute(db)
  await sql`delete from "directoryMembers" where "child" in ${numbers}`.execute(db)
  await sql`delete from "directoryLooseMembers" where "parent" in ${numbers}`.execute(db)
  const named = db.selectFrom('directoryObjects').select(['number', 'kind', 'name', 'mail'])
  await dropWords(db, scope, await named.where(sql<boolean>`"number" in ${numbers}`).execute())
  await sql`delete from "directoryContents" where "content" in ${contents}`.execute(db)
  await sql`delete from "directoryObjects" where "number" in ${numbers}`.execute(db)
  if (run === undefined) return
  await sql`delete from "directoryFirst" where "run" = ${run} and "number" in ${numbers}`.execute(db)
  await sql`delete from "directoryStagedMembers" where "run" = ${run} and "number" in ${numbers}`.execute(db)
}

/**
 * Members that are there are in force at once; the others are loose until all groups are.
 *
 * One statement for all, in the order of members: the index by members is written from one end to the other each time.
 */
async function addMembers(db: Kysely<Schema>, { scope, refs }: FirstRun, parts: readonly StagedPart[]): Promise<void> {
  const count = parts.reduce((sum, part) => sum + part.refs.length, 0)
  if (count === 0) return
  const ref = sql.ref(refs)
  const rows = parts.map((part) => [part.number, part.refs])
  const lists = sql`${items(db, rows)} cross join ${elements(db, isPostgres(db) ? sql`(item.value -> 1)` : sql`item.value ->> 1`)}`
  const parent = sql`cast(item.value ->> 0 as bigint)`
  const isMember = sql`o."scope" = ${scope} and o.${ref} = element.value`
  // As with all lists of members: SQLite keeps to the order of a cross join.
  const { numAffectedRows } = await sql`insert into "directoryMembers" ("parent", "child")
    select ${parent}, o."number" from ${lists} cross join "directoryObjects" o
    where ${isMember} order by o."number" on conflict do nothing`.execute(db)
  if (numAffectedRows !== undefined && Number(numAffectedRows) === count) return
  await sql`insert into "directoryLooseMembers" ("parent", "ref", "scope")
    select ${parent}, element.value, ${asNumber(scope)} from ${lists}
    where not exists (select 1 from "directoryObjects" o where ${isMember}) on conflict do nothing`.execute(db)
}
