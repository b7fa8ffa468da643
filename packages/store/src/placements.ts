/**
 * Placements: which connectors stand beside the console and not inside a network.
 *
 * An enrollment code says it, and the instance that used the code keeps it.
 *
 * @module
 */
import type { Context } from './context.ts'

export class Placements {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @param subject An enrollment code's id, or an instance's. */
  async setDirect(subject: string): Promise<void> {
    const row = { subject, placement: 'direct', createdAt: this.#context.clock.now().getTime() }
    await this.#context.db
      .insertInto('placements')
      .values(row)
      .onConflict((it) => it.column('subject').doNothing())
      .execute()
  }

  async isDirect(subject: string): Promise<boolean> {
    const row = await this.#context.db
      .selectFrom('placements')
      .select('placement')
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row?.placement === 'direct'
  }

  async direct(): Promise<ReadonlySet<string>> {
    const rows = this.#context.db.selectFrom('placements').select('subject').where('placement', '=', 'direct')
    return new Set((await rows.execute()).map(({ subject }) => subject))
  }
}
