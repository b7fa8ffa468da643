/**
 * The mail outbox, read: what is due, what is shown, what is counted. Writes nothing.
 *
 * @module
 */
import { endedMailStates, mailStates, type MailState } from '@sallygate/domain'
import type { Context } from './context.ts'
import { presentAttempt, presentMessage, type MailAttempt, type MailMessage, type MailWaits } from './mail-row.ts'
import type { Schema } from './schema.ts'

export interface MailFilter {
  readonly group: string
  readonly states?: readonly MailState[] | undefined
  /** Only messages with a smaller number. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface MailCounts {
  readonly states: Readonly<Record<MailState, number>>
  /** When the oldest that has not ended was queued. */
  readonly oldestWaiting: Date | undefined
}

export class MailList {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Groups that have something to send now. */
  async groupsWithDue(): Promise<readonly string[]> {
    const { db, clock } = this.#context
    const query = db.selectFrom('mailMessages').select('groupId').distinct()
    const rows = await query.where('nextAttemptAt', '<=', clock.now().getTime()).orderBy('groupId').execute()
    return rows.map(({ groupId }) => groupId)
  }

  /** The first that are due in a group, in the order they were queued. */
  async due(group: string, limit: number): Promise<readonly string[]> {
    const { db, clock } = this.#context
    const query = db.selectFrom('mailMessages').select('id').where('groupId', '=', group)
    const due = query.where('nextAttemptAt', '<=', clock.now().getTime()).where('state', '!=', 'sending')
    return (await due.orderBy('number').limit(limit).execute()).map(({ id }) => id)
  }

  /** Newest first. */
  async list({ group, states, before, limit }: MailFilter): Promise<readonly MailMessage[]> {
    let query = this.#context.db.selectFrom('mailMessages').selectAll().where('groupId', '=', group)
    if (states !== undefined) query = query.where('state', 'in', [...states])
    if (before !== undefined) query = query.where('number', '<', before)
    return this.#whole(await query.orderBy('number', 'desc').limit(limit).execute())
  }

  /** @returns `undefined` when the group has no such message. */
  async find(group: string, id: string): Promise<MailMessage | undefined> {
    const query = this.#context.db.selectFrom('mailMessages').selectAll().where('id', '=', id)
    return (await this.#whole(await query.where('groupId', '=', group).execute()))[0]
  }

  /** First to last. */
  async attempts(message: string): Promise<readonly MailAttempt[]> {
    const query = this.#context.db.selectFrom('mailAttempts').selectAll().where('message', '=', message)
    return (await query.orderBy('number').execute()).map(presentAttempt)
  }

  /** @param group Absent: of all groups. */
  async counts(group?: string): Promise<MailCounts> {
    const { db } = this.#context
    let counted = db.selectFrom('mailMessages').select(['state', (it) => it.fn.countAll<number>().as('count')])
    let oldest = db
      .selectFrom('mailMessages')
      .select((it) => it.fn.min<number | null>('createdAt').as('createdAt'))
      .where('state', 'not in', [...endedMailStates])
    if (group !== undefined) {
      counted = counted.where('groupId', '=', group)
      oldest = oldest.where('groupId', '=', group)
    }
    const rows = await counted.groupBy('state').execute()
    const states = Object.fromEntries(
      mailStates.map((state) => [state, Number(rows.find((row) => row.state === state)?.count ?? 0)]),
    ) as Record<MailState, number>
    const createdAt = (await oldest.executeTakeFirst())?.createdAt
    return { states, oldestWaiting: createdAt == null ? undefined : new Date(Number(createdAt)) }
  }

  /** Why the oldest that waits does. */
  async waits(group: string): Promise<MailWaits | undefined> {
    const query = this.#context.db.selectFrom('mailMessages').select('waits').where('groupId', '=', group)
    const waiting = query.where('state', 'not in', [...endedMailStates]).where('waits', 'is not', null)
    const found = (await waiting.orderBy('number').limit(1).executeTakeFirst())?.waits
    return found == null ? undefined : (JSON.parse(found) as MailWaits)
  }

  /** Groups with messages that were given up, or that have waited since before a moment; and how many. */
  async troubled(
    before: Date,
  ): Promise<readonly { readonly group: string; readonly dead: number; readonly waiting: number }[]> {
    const query = this.#context.db
      .selectFrom('mailMessages')
      .select(['groupId', 'state', (it) => it.fn.countAll<number>().as('count')])
      .where((where) =>
        where.or([
          where('state', '=', 'dead'),
          where.and([where('state', 'not in', [...endedMailStates]), where('createdAt', '<', before.getTime())]),
        ]),
      )
    const rows = await query.groupBy(['groupId', 'state']).orderBy('groupId').execute()
    const sum = (group: string, isDead: boolean) =>
      rows
        .filter(({ groupId, state }) => groupId === group && (state === 'dead') === isDead)
        .reduce((total, { count }) => total + Number(count), 0)
    return [...new Set(rows.map(({ groupId }) => groupId))].map((group) => ({
      group,
      dead: sum(group, true),
      waiting: sum(group, false),
    }))
  }

  async #whole(rows: readonly Schema['mailMessages'][]): Promise<readonly MailMessage[]> {
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const query = this.#context.db.selectFrom('mailRecipients').selectAll().where('message', 'in', ids)
    const recipients = await query.orderBy('position').execute()
    return rows.map((row) => presentMessage(row, recipients))
  }
}
