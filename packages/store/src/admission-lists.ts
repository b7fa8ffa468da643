/**
 * Admission lists as they were signed, per relay. Same rules as trust sets.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { refuseTransaction, type Context } from './context.ts'
import { Counters } from './counters.ts'
import type { NumberedBytes } from './trust-sets.ts'

const kept = 8

export class AdmissionLists {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** The number is used up before anything is signed; a gap is harmless, a number used twice is not. */
  async issue(relay: string, sign: (number: number, issuedAt: Date) => Bytes | Promise<Bytes>): Promise<NumberedBytes> {
    const { db, clock } = this.#context
    refuseTransaction(this.#context)
    const number = await new Counters(this.#context).next(`admission/${relay}`)
    const issuedAt = clock.now()
    const bytes = await sign(number, issuedAt)
    const row = { relayId: relay, number, issuedAt: issuedAt.getTime(), bytes }
    await db.insertInto('admissionLists').values(row).execute()
    await db
      .deleteFrom('admissionLists')
      .where('relayId', '=', relay)
      .where('number', '<=', number - kept)
      .execute()
    return { number, issuedAt, bytes }
  }

  async latest(relay: string): Promise<NumberedBytes | undefined> {
    const row = await this.#context.db
      .selectFrom('admissionLists')
      .selectAll()
      .where('relayId', '=', relay)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row && { number: row.number, issuedAt: new Date(row.issuedAt), bytes: row.bytes }
  }
}
