/**
 * Trust sets as they were signed, per group. The store keeps bytes and numbers; what is in them it cannot read.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { refuseTransaction, type Context } from './context.ts'
import { Counters } from './counters.ts'

export interface NumberedBytes {
  readonly number: number
  readonly issuedAt: Date
  readonly bytes: Bytes
}

/** Older ones are of no use to anybody: a peer takes the newest or none. */
const kept = 8

export class TrustSets {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /**
   * Issues the next trust set of a group.
   *
   * The number is used up before anything is signed: if the rest fails, there is
   * a gap, which is harmless, and never two sets of one number, which is not.
   */
  async issue(group: string, sign: (number: number, issuedAt: Date) => Bytes | Promise<Bytes>): Promise<NumberedBytes> {
    const { db, clock } = this.#context
    refuseTransaction(this.#context)
    const number = await new Counters(this.#context).next(`trustSet/${group}`)
    const issuedAt = clock.now()
    const bytes = await sign(number, issuedAt)
    await db.insertInto('trustSets').values({ groupId: group, number, issuedAt: issuedAt.getTime(), bytes }).execute()
    await db
      .deleteFrom('trustSets')
      .where('groupId', '=', group)
      .where('number', '<=', number - kept)
      .execute()
    return { number, issuedAt, bytes }
  }

  async latest(group: string): Promise<NumberedBytes | undefined> {
    const row = await this.#context.db
      .selectFrom('trustSets')
      .selectAll()
      .where('groupId', '=', group)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row && { number: row.number, issuedAt: new Date(row.issuedAt), bytes: row.bytes }
  }
}
