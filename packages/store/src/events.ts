/**
 * Events: what happened that somebody may have to know, bounded to the newest.
 *
 * What an event means is the console's catalogue; here are only its rows.
 *
 * @module
 */
import { sql } from 'kysely'
import type { Context } from './context.ts'
import { Counters } from './counters.ts'
import { eventWords } from './event-words.ts'
import { foldName } from './names.ts'
import type { Schema } from './schema.ts'

export interface NewEvent {
  readonly id: string
  readonly severity: string
  readonly category: string
  readonly group?: string | undefined
  /** What it is about, as a person would name it. */
  readonly about: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}

export interface StoredEvent extends NewEvent {
  readonly number: number
  readonly at: Date
}

export interface EventFilter {
  readonly before?: number | undefined
  readonly limit: number
  readonly severities?: readonly string[] | undefined
  readonly category?: string | undefined
  readonly id?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
  /** Its number, what it is about or a value of its details has this in it, however it is written; or its id is one of these. */
  readonly text?: { readonly has: string; readonly ids: readonly string[] } | undefined
  readonly service?: EventsOfService | undefined
}

/** What makes an event one of a service: its id, a detail called `service`, or that it is about the settings at one of these addresses. */
export interface EventsOfService {
  readonly name: string
  readonly ids: readonly string[]
  readonly addresses: readonly string[]
}

export class Events {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Adds one and forgets the oldest beyond `keep`. @returns its number, which only rises. */
  async add(event: NewEvent, keep: number): Promise<number> {
    const { db, clock } = this.#context
    const number = await new Counters(this.#context).next('events')
    await db
      .insertInto('events')
      .values({
        number,
        id: event.id,
        at: clock.now().getTime(),
        severity: event.severity,
        category: event.category,
        groupId: event.group ?? null,
        about: event.about,
        details: JSON.stringify(event.details),
        words: eventWords(event.id, event.about, event.details),
      })
      .execute()
    await db
      .deleteFrom('events')
      .where('number', '<=', number - keep)
      .execute()
    return number
  }

  /** The number of the newest that can be read. The counter is ahead of it while one is being written. */
  async head(): Promise<number> {
    const query = this.#context.db.selectFrom('events').select((it) => it.fn.max('number').as('newest'))
    return Number((await query.executeTakeFirst())?.newest ?? 0)
  }

  /** In order. */
  async after(number: number, limit: number): Promise<readonly StoredEvent[]> {
    const query = this.#context.db.selectFrom('events').selectAll().where('number', '>', number)
    return (await query.orderBy('number').limit(limit).execute()).map(present)
  }

  /** Newest first. Looked through a stretch at a time, so that others have their turns while a hundred thousand are searched. */
  async list(filter: EventFilter): Promise<readonly StoredEvent[]> {
    const { limit } = filter
    if (filter.text === undefined && filter.service === undefined)
      return (await this.#matching(filter).limit(limit).execute()).map(present)
    const found: Schema['events'][] = []
    const last = Math.min(await this.head(), (filter.before ?? Number.POSITIVE_INFINITY) - 1)
    const first = await this.#first()
    for (let to = last; to >= first && found.length < limit; to -= stretch) {
      const rows = this.#matching(filter)
        .where('number', '<=', to)
        .where('number', '>', to - stretch)
      found.push(...(await rows.limit(limit - found.length).execute()))
      await new Promise((resolve) => setImmediate(resolve))
    }
    return found.map(present)
  }

  async #first(): Promise<number> {
    const query = this.#context.db.selectFrom('events').select((it) => it.fn.min('number').as('oldest'))
    return Number((await query.executeTakeFirst())?.oldest ?? 1)
  }

  #matching({ before, severities, category, id, groups, since, until, text, service }: EventFilter) {
    let query = this.#context.db.selectFrom('events').selectAll()
    if (before !== undefined) query = query.where('number', '<', before)
    if (severities !== undefined) query = query.where('severity', 'in', [...severities])
    if (category !== undefined) query = query.where('category', '=', category)
    if (id !== undefined) query = query.where('id', '=', id)
    if (groups !== undefined) query = query.where('groupId', 'in', [...groups])
    if (since !== undefined) query = query.where('at', '>=', since.getTime())
    if (until !== undefined) query = query.where('at', '<', until.getTime())
    if (text !== undefined)
      query = query.where((where) => where.or([has('words', foldName(text.has)), isOneOf(text.ids)]))
    if (service !== undefined) {
      // As JSON.stringify writes the member: within a value its quotation marks would have backslashes before them.
      const member = JSON.stringify({ service: service.name }).slice(1, -1)
      const found = [isOneOf(service.ids), has('details', member), ...service.addresses.map((it) => has('about', it))]
      query = query.where((where) => where.or(found))
    }
    return query.orderBy('number', 'desc')
  }
}

/** Of numbers; some ten milliseconds of a database that is in this process. */
const stretch = 10_000

/** Wild cards of the database are letters here. */
function has(column: 'words' | 'details' | 'about', text: string) {
  const pattern = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
}

function isOneOf(ids: readonly string[]) {
  return ids.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`${sql.ref('id')} in (${sql.join([...ids])})`
}

function present(row: Schema['events']): StoredEvent {
  const { number, id, severity, category, about } = row
  return {
    number,
    id,
    severity,
    category,
    about,
    at: new Date(row.at),
    group: row.groupId ?? undefined,
    details: JSON.parse(row.details) as StoredEvent['details'],
  }
}
