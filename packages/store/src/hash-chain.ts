/**
 * A hash chain: rows that each cover the one before, so that what was edited, removed or moved shows.
 *
 * What a row says is its log's matter; here is how rows are linked, written and
 * walked. Rows that arrive in one turn of the event loop share one transaction,
 * and so one write to the disk. Whoever needs to know that a row is durable awaits it.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { equalBytes, fromHex, toHex, type Bytes } from '@sallygate/base/bytes'
import { chainHead, rowsAfter, storedHead, writeLinks, type ChainTable } from './chain-rows.ts'
import type { Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'
import { refuseInside } from './transaction-guard.ts'

/** Where a chain stands. Left with others, it shows when a tail was cut off. */
export interface LogHead {
  readonly position: number
  readonly hash: Bytes
}

export interface Link extends LogHead {
  readonly previousHash: Bytes
}

export type LogVerdict =
  | { readonly kind: 'intact'; readonly head: LogHead }
  | {
      readonly kind: 'broken'
      /** The first row that is not what it should be. */
      readonly position: number
      readonly reason: 'missing' | 'changed' | 'cutOff' | 'otherHistory'
    }

/** What makes one log differ from another. */
export interface ChainKind<Record, Row extends Link> {
  readonly table: ChainTable
  /** Where the chain of an installation begins; a log moved here from another one does not fit. */
  genesis(installationId: string): LogHead
  /** @throws BASE_TOO_LARGE, BASE_MALFORMED for a record that cannot be written down. */
  rowAfter(previous: LogHead, record: Record): Row
  /** The hash a row should have. @throws for a row that no program of ours wrote. */
  hashOf(row: Row): Bytes
}

interface Waiting<Record> {
  readonly record: Record
  readonly resolve: (head: LogHead) => void
  readonly reject: (error: unknown) => void
}

/** Ten seconds of a very busy console. Beyond it the disk does not keep up, and refusing is honest. */
const mostWaiting = 50_000
const rowsPerRead = 1000

export class HashChain<Record, Row extends Link> {
  readonly #context: Context
  readonly #kind: ChainKind<Record, Row>
  readonly #genesis: LogHead
  #head: LogHead
  #waiting: Waiting<Record>[] = []
  #flushing: Promise<void> | undefined

  protected constructor(context: Context, kind: ChainKind<Record, Row>, genesis: LogHead, head: LogHead) {
    this.#context = context
    this.#kind = kind
    this.#genesis = genesis
    this.#head = head
  }

  get head(): LogHead {
    return this.#head
  }

  /**
   * Adds a row. Resolves when it is on the disk.
   *
   * @throws STORE_BUSY when too many wait, STORE_DISK_FULL, STORE_CANNOT_WRITE; then the row is not in the chain.
   */
  append(record: Record): Promise<LogHead> {
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

  /**
   * Walks the whole chain. `known` are heads that were left elsewhere: without
   * one, somebody who rewrites everything after a point, or cuts the end off
   * together with the stored head, is not seen.
   */
  async verify(known: readonly LogHead[] = []): Promise<LogVerdict> {
    await this.flush()
    const { db } = this.#context
    const { table } = this.#kind
    const expected = new Map(known.map(({ position, hash }) => [position, hash]))
    const until = Math.max(await storedHead(db, table), ...known.map(({ position }) => position))
    let head = this.#genesis
    for (;;) {
      const rows = await rowsAfter<Row>(db, table, head.position, rowsPerRead)
      for (const row of rows) {
        const broken = this.#check(row, head, expected.get(row.position))
        if (broken !== undefined) return broken
        head = { position: row.position, hash: row.hash }
      }
      if (rows.length < rowsPerRead) break
    }
    return head.position < until
      ? { kind: 'broken', position: head.position + 1, reason: 'cutOff' }
      : { kind: 'intact', head }
  }

  /** @returns what is wrong with a row that should follow `previous`; `known` is its hash as left elsewhere. */
  #check(row: Row, previous: LogHead, known: Bytes | undefined): LogVerdict | undefined {
    const position = previous.position + 1
    if (row.position !== position) return { kind: 'broken', position, reason: 'missing' }
    const isWhole = equalBytes(row.previousHash, previous.hash) && this.#isHashOf(row)
    if (!isWhole) return { kind: 'broken', position, reason: 'changed' }
    if (known !== undefined && !equalBytes(known, row.hash)) return { kind: 'broken', position, reason: 'otherHistory' }
    return undefined
  }

  #isHashOf(row: Row): boolean {
    try {
      return equalBytes(row.hash, this.#kind.hashOf(row))
    } catch {
      // Longer or shorter than anything that was ever written.
      return false
    }
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        const links = await this.#context.db.transaction().execute((db) => this.#link(db, batch))
        for (const { row, waiting } of links) {
          this.#head = { position: row.position, hash: row.hash }
          waiting.resolve(this.#head)
        }
      } catch (error) {
        for (const waiting of batch) waiting.reject(error)
      }
    }
    this.#flushing = undefined
  }

  async #link(db: Kysely<Schema>, batch: readonly Waiting<Record>[]) {
    const { table } = this.#kind
    await hold(db, table)
    // A commit whose answer was lost on the way is in the chain, and this program does not know it.
    const isKnown = (await storedHead(db, table)) === this.#head.position
    const links = this.#chain(isKnown ? this.#head : await chainHead(db, table, this.#genesis), batch)
    await writeLinks(
      db,
      table,
      links.map(({ row }) => row),
    )
    return links
  }

  /** A record that cannot be written down is refused alone; its neighbors know nothing of it. */
  #chain(head: LogHead, batch: readonly Waiting<Record>[]) {
    let previous = head
    return batch.flatMap((waiting) => {
      try {
        const row = this.#kind.rowAfter(previous, waiting.record)
        previous = { position: row.position, hash: row.hash }
        return [{ row, waiting }]
      } catch (error) {
        waiting.reject(error)
        return []
      }
    })
  }
}

/** Where a log of this kind begins, and where it stands. */
export async function openChain<Record, Row extends Link>(
  { db }: Context,
  kind: ChainKind<Record, Row>,
  installationId: string,
): Promise<{ readonly genesis: LogHead; readonly head: LogHead }> {
  const genesis = kind.genesis(installationId)
  return { genesis, head: await chainHead(db, kind.table, genesis) }
}

/** Everything that was ready in this turn has been appended when this resolves. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** @returns `undefined` for what no head looks like. */
export function readHead(written: string): LogHead | undefined {
  const [, position, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(written.trim()) ?? []
  return position === undefined || hash === undefined ? undefined : { position: Number(position), hash: fromHex(hash) }
}

/** How a head is written where people and connectors keep it. */
export function printHead(head: LogHead): string {
  return `${head.position}:${toHex(head.hash)}`
}
