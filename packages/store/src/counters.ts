/**
 * Counters: numbers that only rise. Trust sets, admission lists and generations
 * take their numbers here, so a number is never given out twice.
 *
 * @module
 */
import type { Context } from './context.ts'

export class Counters {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** The next number, from 1. On disk before it is returned, unless a surrounding transaction is still open. */
  async next(name: string): Promise<number> {
    const row = await this.#context.db
      .insertInto('counters')
      .values({ name, value: 1 })
      .onConflict((it) => it.column('name').doUpdateSet((update) => ({ value: update('counters.value', '+', 1) })))
      .returning('value')
      .executeTakeFirstOrThrow()
    return row.value
  }

  /**
   * Raises a number to at least `floor`; never lowers it. After a restored backup
   * the peers still remember higher numbers, and this is how they are caught up with.
   *
   * @returns the number that now holds.
   */
  async raise(name: string, floor: number): Promise<number> {
    const { db } = this.#context
    await db
      .insertInto('counters')
      .values({ name, value: floor })
      .onConflict((it) => it.column('name').doUpdateSet({ value: floor }).where('counters.value', '<', floor))
      .execute()
    return this.get(name)
  }

  /** 0 for a number that never was. */
  async get(name: string): Promise<number> {
    const { db } = this.#context
    const row = await db.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirst()
    return row?.value ?? 0
  }
}
