/**
 * People and groups of a directory as they are in force: found, listed, and who is in what.
 *
 * @module
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Context } from './context.ts'
import { findFew, isFoundBy, isOneWord, type DirectorySearch } from './directory-search.ts'
import { anyNumber, isByIdentity } from './directory-lists.ts'
import { cutKey, searchKey } from './directory-words.ts'
import type { Schema } from './schema.ts'

export type ListedObject = Omit<Schema['directoryObjects'], 'digest' | 'membersDigest' | 'content' | 'scope'>

export interface ObjectFilter {
  readonly kind: 'user' | 'group'
  /** Beginnings of words of a name, of a login or a mail address, as `searchKey` makes them. */
  readonly search?: string | undefined
}

export interface ObjectPage {
  readonly limit: number
  readonly after?: { readonly value: string; readonly id: string } | undefined
}

export type RelatedObject = ListedObject & { readonly isDirect: boolean }

const shown = [
  'number', 'kind', 'id', 'name', 'nameKey', 'login', 'loginKey', 'mail', 'dn', 'key', 'sid', 'primarySid', 'flags',
  'expiresAt', 'syncedAt',
] as const // prettier-ignore

/**
 * As much of a key as objects are sorted by: names are that long in no list, and whole they made the index a third of the
 * database.
 */
export const sortKey = (text: string): string => cutKey(searchKey(text))

export class DirectoryObjects {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async counts(scope: number): Promise<{ readonly users: number; readonly groups: number }> {
    const rows = await this.#context.db
      .selectFrom('directoryObjects')
      .select('kind')
      .select((it) => it.fn.countAll<number>().as('count'))
      .where('scope', '=', scope)
      .groupBy('kind')
      .execute()
    const of = (kind: string) => Number(rows.find((row) => row.kind === kind)?.count ?? 0)
    return { users: of('user'), groups: of('group') }
  }

  /** In all groups, of people and groups that are known here and of names that nobody has. */
  async memberships(scope: number): Promise<number> {
    const { rows } = await sql<{ count: number | string }>`select
      (select count(*) from "directoryObjects" o join "directoryMembers" m on m."parent" = o."number"
        where o."scope" = ${scope} and o."kind" = 'group')
      + (select count(*) from "directoryLooseMembers" where "scope" = ${scope} and not (${isByIdentity})) as "count"`.execute(
      this.#context.db,
    )
    return Number(rows[0]?.count ?? 0)
  }

  /** By name. Ask for one more than a page has, to know whether there is another. */
  async list(
    scope: number,
    { kind, search }: ObjectFilter,
    { limit, after }: ObjectPage,
  ): Promise<readonly ListedObject[]> {
    const { db } = this.#context
    const page = (from: ObjectPage['after'], size: number) => {
      let query = db.selectFrom('directoryObjects').select(shown).where('scope', '=', scope).where('kind', '=', kind)
      if (from !== undefined) query = query.where(isLater('directoryObjects', from))
      return query.orderBy('nameKey').orderBy('number').limit(size).execute()
    }
    if (search === undefined || search === '') return page(after, limit)
    const asked = { scope, kind, search }
    const few = await findFew(db, asked, fewFinds)
    if (few !== undefined) return (await this.#sorted(asked, few, after, limit)).slice(0, limit)
    const found: ListedObject[] = []
    let from = after
    for (let walked = 0; found.length < limit; walked++) {
      const many = walked === pagesWalked ? await findFew(db, asked, manyFinds) : undefined
      if (many !== undefined) {
        found.push(...(await this.#sorted(asked, many, from, limit)))
        break
      }
      const rows = await page(from, walkedAtOnce)
      found.push(...rows.filter((row) => isFoundBy(asked, row)))
      const last = rows.at(-1)
      if (last === undefined || rows.length < walkedAtOnce) break
      from = { value: last.nameKey, id: String(last.number) }
    }
    return found.slice(0, limit)
  }

  /** Not by way of the index of names: to go through all of them for a few takes longer than to sort a few. */
  async #sorted(
    asked: DirectorySearch,
    numbers: readonly number[],
    after: ObjectPage['after'],
    limit: number,
  ): Promise<readonly ListedObject[]> {
    const { db } = this.#context
    const later = after === undefined ? sql`` : sql`and ${isLater('o', after)}`
    const most = isOneWord(asked) ? sql`limit ${limit}` : sql``
    const { rows } = await sql<ListedObject>`select ${ofObject} from ${anyNumber(db, numbers)} as found
      cross join "directoryObjects" o where o."number" = found."value" and o."scope" = ${asked.scope}
      and o."kind" = ${asked.kind} ${later} order by o."nameKey", o."number" ${most}`.execute(db)
    return rows.filter((row) => isFoundBy(asked, row))
  }

  async find(
    scope: number,
    kind: string,
    id: string,
  ): Promise<(ListedObject & { readonly fields: string }) | undefined> {
    const row = await this.#context.db
      .selectFrom('directoryObjects')
      .leftJoin('directoryContents', 'directoryContents.content', 'directoryObjects.content')
      .select(shown)
      .select('directoryContents.fields as fields')
      .where('scope', '=', scope)
      .where('kind', '=', kind)
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? undefined : { ...row, fields: row.fields ?? '{}' }
  }

  /** The whole of some objects, for comparing. */
  async whole(
    numbers: readonly number[],
  ): Promise<readonly (Schema['directoryObjects'] & { fields: string | null })[]> {
    if (numbers.length === 0) return []
    const query = this.#context.db
      .selectFrom('directoryObjects')
      .leftJoin('directoryContents', 'directoryContents.content', 'directoryObjects.content')
      .selectAll('directoryObjects')
      .select('directoryContents.fields as fields')
    return query.where('number', 'in', [...numbers]).execute()
  }

  /** What it is in: directly, by its primary group, and by way of others. */
  async groupsOf(object: ListedObject, scope: number, limit: number): Promise<readonly RelatedObject[]> {
    const { db } = this.#context
    const direct = sql`select "parent" as "number" from "directoryMembers" where "child" = ${object.number}
      union select "number" from "directoryObjects" where "scope" = ${scope} and "kind" = 'group' and "sid" = ${object.primarySid}`
    const { rows } = await sql<ListedObject & { isDirect: number }>`with recursive
      direct("number") as (${direct}),
      up("number") as (select "number" from direct
        union select m."parent" from "directoryMembers" m join up on up."number" = m."child")
      select ${ofObject}, case when o."number" in (select "number" from direct) then 1 else 0 end as "isDirect"
      from up join "directoryObjects" o on o."number" = up."number"
      order by o."nameKey", o."number" limit ${limit}`.execute(db)
    return rows.map((row) => ({ ...row, isDirect: Number(row.isDirect) === 1 }))
  }

  /** Who is in it. Transitively: also by way of groups in it, cycles and all. By name. */
  async members(
    group: ListedObject,
    scope: number,
    isTransitive: boolean,
    { limit, after }: ObjectPage,
  ): Promise<readonly RelatedObject[]> {
    const { db } = this.#context
    const below = isTransitive
      ? sql`union select m."child" from "directoryMembers" m join down on down."number" = m."parent"`
      : sql``
    const sids = isTransitive
      ? sql`select "sid" from "directoryObjects" where "number" in (select "number" from down) and "kind" = 'group' and "sid" is not null
          union select ${group.sid}`
      : sql`select ${group.sid}`
    const later = after === undefined ? sql`` : sql`where ${isLater('o', after)}`
    const { rows } = await sql<ListedObject & { isDirect: number }>`with recursive
      direct("number") as (select "child" from "directoryMembers" where "parent" = ${group.number}
        union select "number" from "directoryObjects" where "scope" = ${scope} and "primarySid" is not null and "primarySid" = ${group.sid}),
      down("number") as (select "number" from direct ${below}),
      everybody("number") as (select "number" from down
        union select "number" from "directoryObjects" where "scope" = ${scope} and "primarySid" in (${sids}))
      select ${ofObject}, case when o."number" in (select "number" from direct) then 1 else 0 end as "isDirect"
      from everybody e join "directoryObjects" o on o."number" = e."number" ${later}
      order by o."nameKey", o."number" limit ${limit}`.execute(db)
    return rows.map((row) => ({ ...row, isDirect: Number(row.isDirect) === 1 }))
  }

  async memberCounts(group: ListedObject, scope: number): Promise<{ readonly direct: number; readonly loose: number }> {
    const { db } = this.#context
    const [direct, primary, loose] = await Promise.all([
      db
        .selectFrom('directoryMembers')
        .select((it) => it.fn.countAll<number>().as('count'))
        .where('parent', '=', group.number)
        .executeTakeFirstOrThrow(),
      group.sid === null ? { count: 0 } : primaryCount(db, scope, group.sid),
      db
        .selectFrom('directoryLooseMembers')
        .select((it) => it.fn.countAll<number>().as('count'))
        .where('parent', '=', group.number)
        .where(sql<boolean>`not (${isByIdentity})`)
        .executeTakeFirstOrThrow(),
    ])
    return { direct: Number(direct.count) + Number(primary.count), loose: Number(loose.count) }
  }

  /** What a group has now, as it names them; for saying how many came and went. */
  async memberRefs(group: number, refs: 'key' | 'loginKey'): Promise<ReadonlySet<string>> {
    const { db } = this.#context
    const { rows } = await sql<{ ref: string | null }>`select o.${sql.ref(refs)} as "ref" from "directoryMembers" m
      join "directoryObjects" o on o."number" = m."child" where m."parent" = ${group}
      union all select "ref" from "directoryLooseMembers" where "parent" = ${group} and not (${isByIdentity})`.execute(
      db,
    )
    return new Set(rows.flatMap(({ ref }) => ref ?? []))
  }
}

/** So many finds are sorted in less time than some pages are walked; and so many in less than the whole list. */
const fewFinds = 1000
const manyFinds = 20_000
/** A search that many match fills a page in the first of these, as a rule. */
const walkedAtOnce = 500
const pagesWalked = 4

const isLater = (table: string, { value, id }: NonNullable<ObjectPage['after']>): RawBuilder<boolean> =>
  sql<boolean>`(${sql.ref(`${table}.nameKey`)}, ${sql.ref(`${table}.number`)}) > (${value}, ${Number(id)})`

const ofObject = sql.join(shown.map((column) => sql`o.${sql.ref(column)}`))

function primaryCount(db: Kysely<Schema>, scope: number, sid: string): Promise<{ count: number }> {
  return db
    .selectFrom('directoryObjects')
    .select((it) => it.fn.countAll<number>().as('count'))
    .where('scope', '=', scope)
    .where('primarySid', '=', sid)
    .executeTakeFirstOrThrow()
}
