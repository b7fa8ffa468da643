/**
 * Putting a run into force: in steps of bounded size, each of which can be done twice.
 *
 * An object keeps its number through renames and moves, so memberships hold on to it. Where a
 * directory names members by what they are called (`follows` is false), a member that is
 * called otherwise or gone leaves its old name behind, as it does there.
 *
 * @module
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { inTransaction, type Context } from './context.ts'
import { anyNumber, elements, asNumber, identityRef } from './directory-lists.ts'
import { changeWords, dropWords, type NamedObject } from './directory-words.ts'
import type { Schema } from './schema.ts'

export interface ApplyRules {
  readonly run: number
  readonly scope: number
  /** What the values of a group's membership attribute are. */
  readonly refs: 'key' | 'loginKey'
  /** The directory itself changes members of a group when one is renamed or deleted. */
  readonly follows: boolean
}

const taken = [
  'number', 'kind', 'id', 'name', 'nameKey', 'login', 'loginKey', 'mail', 'dn', 'key', 'sid', 'primarySid', 'flags',
  'expiresAt', 'digest',
] as const // prettier-ignore

const comesIntoForce = sql`('added', 'changed', 'moved', 'disabled', 'enabled')`

export class DirectoryApply {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** The next objects after a number. @returns the last of them; `undefined` when there are no more. */
  objects({ run, scope, refs, follows }: ApplyRules, after: number, limit: number): Promise<number | undefined> {
    return inTransaction(this.#context, async (db) => {
      const last = await lastOf(db, run, after, limit, sql`"change" in ${comesIntoForce}`)
      if (last === undefined) return undefined
      const some = sql`s."run" = ${run} and s."number" > ${after} and s."number" <= ${last} and s."change" in ${comesIntoForce}`
      const ref = sql.ref(refs)
      if (!follows) {
        const renamed = sql`"directoryStaged" s join "directoryObjects" o on o."number" = s."number"
          where ${some} and s.${ref} is distinct from o.${ref}`
        await sql`insert into "directoryLooseMembers" ("parent", "ref", "scope")
          select m."parent", r."ref", ${asNumber(scope)} from "directoryMembers" m
          join (select o."number", o.${ref} as "ref" from ${renamed}) r on r."number" = m."child"
          where r."ref" is not null on conflict do nothing`.execute(db)
        await sql`delete from "directoryMembers" where "child" in (select o."number" from ${renamed})`.execute(db)
      }
      await sql`delete from "directoryContents" where "content" in (
        select o."content" from "directoryStaged" s join "directoryObjects" o on o."number" = s."number"
        where ${some} and s."content" is not null and s."content" <> o."content")`.execute(db)
      const before = await sql<NamedObject>`select o."number", o."kind", o."name", o."mail" from "directoryStaged" s
        join "directoryObjects" o on o."number" = s."number" where ${some}`.execute(db)
      const named = await sql<NamedObject>`select s."number", s."kind", s."name", s."mail" from "directoryStaged" s
        where ${some}`.execute(db)
      await changeWords(db, scope, before.rows, named.rows)
      const columns = sql.join(taken.map((column) => sql.ref(column)))
      const values = sql.join(taken.map((column) => sql`s.${sql.ref(column)}`))
      const written = [...taken.filter((column) => column !== 'number'), 'content', 'syncedAt']
      const update = sql.join(written.map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`))
      const now = this.#context.clock.now().getTime()
      await sql`insert into "directoryObjects" (${columns}, "scope", "content", "syncedAt")
        select ${values}, ${asNumber(scope)}, coalesce(s."content", o."content"), ${asNumber(now)}
        from "directoryStaged" s left join "directoryObjects" o on o."number" = s."number"
        where ${some} on conflict ("number") do update set ${update}`.execute(db)
      return last
    })
  }

  /** The next that are gone. @returns as `objects`. */
  removals({ run, scope, refs, follows }: ApplyRules, after: number, limit: number): Promise<number | undefined> {
    return inTransaction(this.#context, async (db) => {
      const isRemoved = sql`"change" = 'removed'`
      const last = await lastOf(db, run, after, limit, isRemoved)
      if (last === undefined) return undefined
      const numbers = sql`(select "number" from "directoryStaged" where "run" = ${run} and "number" > ${after}
        and "number" <= ${last} and ${isRemoved})`
      const ref = sql.ref(refs)
      // Where the directory follows, a group still names somebody who is gone only if another one is called that now:
      // made anew under the old name, and put into the group again.
      const isNamed = follows
        ? sql`exists (select 1 from "directoryObjects" n where n."scope" = ${scope} and n.${ref} = o.${ref}
            and n."number" <> o."number")`
        : sql`o.${ref} is not null`
      await sql`insert into "directoryLooseMembers" ("parent", "ref", "scope")
        select m."parent", o.${ref}, ${asNumber(scope)} from "directoryMembers" m
        join "directoryObjects" o on o."number" = m."child"
        where m."child" in ${numbers} and ${isNamed} on conflict do nothing`.execute(db)
      // Who only left the base or the filter, and comes back, is still in the groups: nothing has changed in them.
      if (follows)
        await sql`insert into "directoryLooseMembers" ("parent", "ref", "scope")
          select m."parent", ${identityRef('o')}, ${asNumber(scope)} from "directoryMembers" m
          join "directoryObjects" o on o."number" = m."child"
          where m."child" in ${numbers} on conflict do nothing`.execute(db)
      const gone = db.selectFrom('directoryObjects').select(['number', 'kind', 'name', 'mail'])
      await dropWords(db, scope, await gone.where(sql<boolean>`"number" in ${numbers}`).execute())
      await sql`delete from "directoryMembers" where "child" in ${numbers}`.execute(db)
      await sql`delete from "directoryMembers" where "parent" in ${numbers}`.execute(db)
      await sql`delete from "directoryLooseMembers" where "parent" in ${numbers}`.execute(db)
      await sql`delete from "directoryContents" where "content" in
        (select "content" from "directoryObjects" where "number" in ${numbers})`.execute(db)
      await sql`delete from "directoryObjects" where "number" in ${numbers}`.execute(db)
      return last
    })
  }

  /** Groups whose members differ, in rising order, with how long their lists are. */
  async groups({ run }: ApplyRules, after: number, limit: number): Promise<readonly GroupToApply[]> {
    const rows = await this.#context.db
      .selectFrom('directoryStaged')
      .innerJoin('directoryObjects', 'directoryObjects.number', 'directoryStaged.number')
      .innerJoin('directoryStagedMembers as part', (join) =>
        join.onRef('part.run', '=', 'directoryStaged.run').onRef('part.number', '=', 'directoryStaged.number'),
      )
      .select('directoryStaged.number as number')
      .select((it) => it.fn.countAll<number>().as('parts'))
      .select(sql<number>`sum(length("part"."refs"))`.as('length'))
      .where('directoryStaged.run', '=', run)
      .where('directoryStaged.number', '>', after)
      .where(sql<boolean>`"directoryStaged"."change" in ${comesIntoForce}`)
      .where(sql<boolean>`"directoryStaged"."membersDigest" is not null`)
      .where(sql<boolean>`"directoryStaged"."membersDigest" is distinct from "directoryObjects"."membersDigest"`)
      .groupBy('directoryStaged.number')
      .orderBy('directoryStaged.number')
      .limit(limit)
      .execute()
    return rows.map(({ number, parts, length }) => ({ number, parts: Number(parts), length: Number(length) }))
  }

  /** All members of some groups at once; for those whose lists are short enough together. */
  members(rules: ApplyRules, groups: readonly number[]): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      const numbers = anyNumber(db, groups)
      await sql`delete from "directoryMembers" where "parent" in ${numbers}`.execute(db)
      await sql`delete from "directoryLooseMembers" where "parent" in ${numbers}`.execute(db)
      await addMembers(db, rules, sql`p."number" in ${numbers}`)
      await settle(db, rules, numbers)
    })
  }

  /** One part of a very large group: nobody leaves before all who stay or come are in. */
  membersOfPart(rules: ApplyRules, group: number, part: number): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      if (part === 0) await db.deleteFrom('directoryLooseMembers').where('parent', '=', group).execute()
      await addMembers(db, rules, sql`p."number" = ${group} and p."part" = ${part}`)
    })
  }

  /** Who is in one part, by number. */
  async resolved({ run, scope, refs }: ApplyRules, group: number, part: number): Promise<readonly number[]> {
    const { db } = this.#context
    const { rows } = await sql<{ number: number }>`select o."number" as "number" from "directoryStagedMembers" p
      cross join ${elements(db, 'p.refs')} cross join "directoryObjects" o
      where o."scope" = ${scope} and o.${sql.ref(refs)} = element.value
      and p."run" = ${run} and p."number" = ${group} and p."part" = ${part}`.execute(db)
    return rows.map(({ number }) => number)
  }

  async children(group: number, after: number, limit: number): Promise<readonly number[]> {
    const query = this.#context.db.selectFrom('directoryMembers').select('child').where('parent', '=', group)
    return (await query.where('child', '>', after).orderBy('child').limit(limit).execute()).map(({ child }) => child)
  }

  async dropChildren(group: number, children: readonly number[]): Promise<void> {
    const { db } = this.#context
    const query = db.deleteFrom('directoryMembers').where('parent', '=', group)
    await query.where(sql<boolean>`"child" in ${anyNumber(db, children)}`).execute()
  }

  settleGroup(rules: ApplyRules, group: number): Promise<void> {
    return inTransaction(this.#context, (db) => settle(db, rules, anyNumber(db, [group])))
  }

  /** Members that were nobody and have come, or are called so now. @returns as `objects`. */
  loose({ run, scope, refs, follows }: ApplyRules, after: number, limit: number): Promise<number | undefined> {
    return inTransaction(this.#context, async (db) => {
      const any = await db
        .selectFrom('directoryLooseMembers')
        .select('parent')
        .where('scope', '=', scope)
        .limit(1)
        .executeTakeFirst()
      if (any === undefined) return undefined
      const last = await lastOf(db, run, after, limit, sql`"change" in ${comesIntoForce}`)
      if (last === undefined) return undefined
      for (const name of [sql`s.${sql.ref(refs)}`, ...(follows ? [identityRef('s')] : [])]) {
        const found = sql`"directoryStaged" s cross join "directoryLooseMembers" l
          where l."scope" = ${scope} and l."ref" = ${name} and s."run" = ${run} and s."number" > ${after}
          and s."number" <= ${last} and s."change" in ${comesIntoForce}`
        await sql`insert into "directoryMembers" ("parent", "child")
          select l."parent", s."number" from ${found} on conflict do nothing`.execute(db)
        await sql`delete from "directoryLooseMembers" where "scope" = ${scope} and "ref" in
          (select ${name} from ${found})`.execute(db)
      }
      return last
    })
  }
}

export interface GroupToApply {
  readonly number: number
  readonly parts: number
  /** Of the texts that hold the members. */
  readonly length: number
}

async function lastOf(
  db: Kysely<Schema>,
  run: number,
  after: number,
  limit: number,
  which: RawBuilder<unknown>,
): Promise<number | undefined> {
  const { rows } = await sql<{ last: number | null }>`select max("number") as "last" from (
    select "number" from "directoryStaged" where "run" = ${run} and "number" > ${after} and ${which}
    order by "number" limit ${limit}) as found`.execute(db)
  return rows[0]?.last ?? undefined
}

async function addMembers(
  db: Kysely<Schema>,
  { run, scope, refs }: ApplyRules,
  which: RawBuilder<unknown>,
): Promise<void> {
  const ref = sql.ref(refs)
  const parts = sql`"directoryStagedMembers" p cross join ${elements(db, 'p.refs')}`
  // SQLite keeps to the order of a cross join. Left to itself it reads every object there is for each group.
  const { numAffectedRows } = await sql`insert into "directoryMembers" ("parent", "child")
    select p."number", o."number" from ${parts} cross join "directoryObjects" o
    where o."scope" = ${scope} and o.${ref} = element.value
    and p."run" = ${run} and ${which} on conflict do nothing`.execute(db)
  const { rows } = await sql<{ count: number | string | null }>`select sum(p."count") as "count"
    from "directoryStagedMembers" p where p."run" = ${run} and ${which}`.execute(db)
  // Everybody was somebody, as nearly always: then nobody is looked for a second time.
  if (numAffectedRows !== undefined && Number(numAffectedRows) === Number(rows[0]?.count ?? 0)) return
  await sql`insert into "directoryLooseMembers" ("parent", "ref", "scope")
    select p."number", element.value, ${asNumber(scope)} from ${parts}
    where p."run" = ${run} and ${which} and not exists (
      select 1 from "directoryObjects" o where o."scope" = ${scope} and o.${ref} = element.value)
    on conflict do nothing`.execute(db)
}

/** The members are those that were read. */
async function settle(db: Kysely<Schema>, { run }: ApplyRules, numbers: RawBuilder<unknown>): Promise<void> {
  await sql`update "directoryObjects" set "membersDigest" = (
      select s."membersDigest" from "directoryStaged" s
      where s."run" = ${run} and s."number" = "directoryObjects"."number")
    where "number" in ${numbers}`.execute(db)
}
