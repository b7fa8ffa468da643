/**
 * The stream for syslog: events, rows of the audit log and of the devices' histories, in one order that never changes.
 *
 * Each source has numbers of its own; which of them have been taken is written in the same
 * transaction as the rows, so that nothing is taken twice or left out. A number of the stream
 * means the same row for as long as any target waits for it.
 *
 * @module
 */
import type { Json } from '@sallygate/base/json'
import { inTransaction, type Context } from './context.ts'
import { Counters } from './counters.ts'
import type { Schema } from './schema.ts'

export const feedSources = ['event', 'audit', 'device'] as const
export type FeedSource = (typeof feedSources)[number]

export interface NewFeedRow {
  readonly group: string | undefined
  readonly at: Date
  readonly severity: string
  readonly category: string
  /** Of what is about a target: it reaches that one whatever it filters. */
  readonly target?: string | undefined
  readonly content: Readonly<Record<string, Json>>
}

export interface FeedRow extends NewFeedRow {
  readonly number: number
  /** Of its content; what it counts against the room of those who wait. */
  readonly bytes: number
}

export type FeedOutline = Omit<FeedRow, 'at' | 'content'>

export const feedCounter = 'syslogFeed'
const takenCounter = (source: FeedSource) => `syslogTaken/${source}`
const rowsPerInsert = 64

export class SyslogFeed {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** The newest number that was given out. */
  head(): Promise<number> {
    return new Counters(this.#context).get(feedCounter)
  }

  /** Up to where a source has been taken. */
  taken(source: FeedSource): Promise<number> {
    return new Counters(this.#context).get(takenCounter(source))
  }

  /** Adds what was found in a source up to `upTo`, which may be nothing. */
  take(source: FeedSource, upTo: number, rows: readonly NewFeedRow[]): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      const counters = new Counters({ ...this.#context, db })
      await counters.raise(takenCounter(source), upTo)
      if (rows.length === 0) return
      let number = await counters.get(feedCounter)
      const values = rows.map((row) => toRow(++number, row))
      for (let at = 0; at < values.length; at += rowsPerInsert)
        await db
          .insertInto('syslogFeed')
          .values(values.slice(at, at + rowsPerInsert))
          .execute()
      await counters.raise(feedCounter, number)
    })
  }

  /** In order. */
  async after(number: number, limit: number): Promise<readonly FeedRow[]> {
    const query = this.#context.db.selectFrom('syslogFeed').selectAll().where('number', '>', number)
    return (await query.orderBy('number').limit(limit).execute()).map(present)
  }

  /** In order, without what they say: for counting many. */
  async outline(number: number, limit: number): Promise<readonly FeedOutline[]> {
    const columns = ['number', 'groupId', 'severity', 'category', 'target', 'bytes'] as const
    const query = this.#context.db
      .selectFrom('syslogFeed')
      .select([...columns])
      .where('number', '>', number)
    return (await query.orderBy('number').limit(limit).execute()).map(({ groupId, target, ...row }) => ({
      ...row,
      group: groupId ?? undefined,
      target: target ?? undefined,
    }))
  }

  /** Forgets what no target waits for. */
  async prune(upTo: number): Promise<void> {
    await this.#context.db.deleteFrom('syslogFeed').where('number', '<=', upTo).execute()
  }
}

function toRow(number: number, row: NewFeedRow): Schema['syslogFeed'] {
  const content = JSON.stringify(row.content)
  return {
    number,
    groupId: row.group ?? null,
    at: row.at.getTime(),
    severity: row.severity,
    category: row.category,
    target: row.target ?? null,
    bytes: Buffer.byteLength(content),
    content,
  }
}

function present(row: Schema['syslogFeed']): FeedRow {
  return {
    number: row.number,
    group: row.groupId ?? undefined,
    at: new Date(row.at),
    severity: row.severity,
    category: row.category,
    target: row.target ?? undefined,
    bytes: row.bytes,
    content: JSON.parse(row.content) as FeedRow['content'],
  }
}
