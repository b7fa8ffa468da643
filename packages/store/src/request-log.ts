/**
 * The request log: for each request what was asked and what was answered, as
 * digests, each row chained to the one before.
 *
 * Rows that arrive in one turn of the event loop share one transaction, and so
 * one write to the disk. Whoever needs to know that a row is durable awaits it.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import type { Context } from './context.ts'
import { storeFailure } from './failures.ts'
import {
  checkRow,
  genesisOf,
  present,
  rowAfter,
  type LoggedRequest,
  type LogHead,
  type LogVerdict,
  type RequestRecord,
} from './request-chain.ts'
import type { Schema } from './schema.ts'
import { refuseInside } from './transaction-guard.ts'

interface Waiting {
  readonly record: RequestRecord
  readonly resolve: (head: LogHead) => void
  readonly reject: (error: unknown) => void
}

/** Ten seconds of a very busy console. Beyond it the disk does not keep up, and refusing is honest. */
const mostWaiting = 50_000
const rowsPerInsert = 64
const rowsPerRead = 1000

export class RequestLog {
  readonly #context: Context
  readonly #genesis: LogHead
  #head: LogHead
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined

  private constructor(context: Context, genesis: LogHead, head: LogHead) {
    this.#context = context
    this.#genesis = genesis
    this.#head = head
  }

  static async open(context: Context, installationId: string): Promise<RequestLog> {
    const genesis = genesisOf(installationId)
    const last = (await lastRow(context.db)) ?? genesis
    // Where rows are missing at the end, going on at the next free number would heal the gap; it has to stay visible.
    const position = Math.max(last.position, await storedHead(context.db))
    return new RequestLog(context, genesis, { position, hash: last.hash })
  }

  get head(): LogHead {
    return this.#head
  }

  /**
   * Adds a row. Resolves when it is on the disk.
   *
   * @throws STORE_BUSY when too many wait, STORE_DISK_FULL, STORE_CANNOT_WRITE; then the row is not in the chain.
   */
  append(record: RequestRecord): Promise<LogHead> {
    refuseInside()
    if (this.#waiting.length >= mostWaiting) return Promise.reject(storeFailure('BUSY'))
    const promise = new Promise<LogHead>((resolve, reject) => this.#waiting.push({ record, resolve, reject }))
    this.#flushing ??= nextTurn().then(() => this.#write())
    return promise
  }

  /** Resolves when everything appended before is on the disk or has failed. */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  /** Newest first. */
  async list(options: { readonly before?: number; readonly limit: number }): Promise<readonly LoggedRequest[]> {
    let query = this.#context.db.selectFrom('requestLog').selectAll()
    if (options.before !== undefined) query = query.where('position', '<', options.before)
    return (await query.orderBy('position', 'desc').limit(options.limit).execute()).map(present)
  }

  /**
   * Walks the whole chain. `known` are heads that were left elsewhere: without
   * one, somebody who rewrites everything after a point, or cuts the end off
   * together with the stored head, is not seen.
   */
  async verify(known: readonly LogHead[] = []): Promise<LogVerdict> {
    await this.flush()
    const { db } = this.#context
    const expected = new Map(known.map((head) => [head.position, head.hash]))
    const until = Math.max(await storedHead(db), ...known.map(({ position }) => position))
    let head = this.#genesis
    for (;;) {
      const rows = await db
        .selectFrom('requestLog')
        .selectAll()
        .where('position', '>', head.position)
        .orderBy('position')
        .limit(rowsPerRead)
        .execute()
      for (const row of rows) {
        const broken = checkRow(row, head, expected.get(row.position))
        if (broken !== undefined) return broken
        head = { position: row.position, hash: row.hash }
      }
      if (rows.length < rowsPerRead) break
    }
    return head.position < until
      ? { kind: 'broken', position: head.position + 1, reason: 'cutOff' }
      : { kind: 'intact', head }
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const links = chain(this.#head, this.#waiting)
      this.#waiting = []
      if (links.length === 0) continue
      try {
        await this.#context.db.transaction().execute((db) => insert(db, links))
        for (const { row, waiting } of links) {
          this.#head = { position: row.position, hash: row.hash }
          waiting.resolve(this.#head)
        }
      } catch (error) {
        for (const { waiting } of links) waiting.reject(error)
      }
    }
    this.#flushing = undefined
  }
}

/** Everything that was ready in this turn has been appended when this resolves. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

interface Link {
  readonly row: Schema['requestLog']
  readonly waiting: Waiting
}

/** A record that cannot be written down is refused alone; its neighbors know nothing of it. */
function chain(head: LogHead, batch: readonly Waiting[]): readonly Link[] {
  let previous = head
  return batch.flatMap((waiting) => {
    try {
      const row = rowAfter(previous, waiting.record)
      previous = { position: row.position, hash: row.hash }
      return [{ row, waiting }]
    } catch (error) {
      waiting.reject(error)
      return []
    }
  })
}

async function insert(db: Kysely<Schema>, links: readonly Link[]): Promise<void> {
  const rows = links.map(({ row }) => row)
  for (let at = 0; at < rows.length; at += rowsPerInsert) {
    await db
      .insertInto('requestLog')
      .values(rows.slice(at, at + rowsPerInsert))
      .execute()
  }
  const last = String(rows.at(-1)?.position ?? 0)
  await db
    .insertInto('meta')
    .values({ name: 'requestLogHead', value: last })
    .onConflict((it) => it.column('name').doUpdateSet({ value: last }))
    .execute()
}

async function storedHead(db: Kysely<Schema>): Promise<number> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', 'requestLogHead').executeTakeFirst()
  return Number(row?.value ?? 0)
}

async function lastRow(db: Kysely<Schema>): Promise<LogHead | undefined> {
  const rows = db.selectFrom('requestLog').select(['position', 'hash']).orderBy('position', 'desc').limit(1)
  return rows.executeTakeFirst()
}
