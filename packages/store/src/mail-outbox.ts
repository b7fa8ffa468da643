/**
 * The mail outbox: what is to be sent, on the disk before anybody is told that it will be.
 *
 * Writing only; `mail-list.ts` reads, `mail-attempts.ts` tries. What is in a message lies sealed under its
 * group's key, and is erased once it has been sent.
 *
 * @module
 */
import { encodeUtf8 } from '@sallygate/base/bytes'
import type { MailState } from '@sallygate/domain'
import { inTransaction, newId, type Context } from './context.ts'
import { Counters } from './counters.ts'
import { hold } from './hold.ts'
import { heldMail, placeOfMail, summedMail, wholeMail, type MailDb } from './mail-held.ts'
import { presentMessage, type MailMessage, type MailWaits } from './mail-row.ts'
import type { Schema } from './schema.ts'

export interface NewMail {
  readonly group: string
  readonly key: string
  readonly template: string
  readonly subject: string
  /** After the @ of its Message-ID. */
  readonly domain: string
  readonly to: readonly string[]
  /** Text and HTML, as the connector gets them: JSON. */
  readonly content: string
  readonly giveUpAt: Date
}

export class MailOutbox {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Adds a message, or gives the one that has this key already, as it was queued then. */
  add(mail: NewMail): Promise<{ readonly message: MailMessage; readonly isNew: boolean }> {
    return inTransaction(this.#context, async (db) => {
      await hold(db, `mail ${mail.group} ${mail.key}`)
      const known = db.selectFrom('mailMessages').selectAll().where('groupId', '=', mail.group)
      const before = await known.where('dedupKey', '=', mail.key).executeTakeFirst()
      if (before !== undefined) return { message: await wholeMail(db, before), isNew: false }
      return { message: await this.#insert(db, mail), isNew: true }
    })
  }

  async #insert(db: MailDb, mail: NewMail): Promise<MailMessage> {
    const { clock, vault } = this.#context
    const now = clock.now().getTime()
    const id = newId()
    const number = await new Counters({ ...this.#context, db }).next('mail')
    const row: Schema['mailMessages'] = {
      id,
      number,
      groupId: mail.group,
      dedupKey: mail.key,
      template: mail.template,
      subject: mail.subject,
      messageId: `${id}.${number}@${mail.domain}`,
      sealed: await vault.seal(db, placeOfMail(mail.group, id), encodeUtf8(mail.content)),
      state: 'waiting',
      attempts: 0,
      createdAt: now,
      giveUpAt: mail.giveUpAt.getTime(),
      nextAttemptAt: now,
      waitsFor: null,
      waits: null,
      endedAt: null,
    }
    const recipients = mail.to.map((address, position): Schema['mailRecipients'] => ({
      message: id,
      position,
      address,
      state: 'waiting',
      attempts: 0,
      unknownTimes: 0,
      nextAttemptAt: now,
      changedAt: now,
      reply: null,
      status: null,
      said: null,
    }))
    await db.insertInto('mailMessages').values(row).execute()
    await db.insertInto('mailRecipients').values(recipients).execute()
    return presentMessage(row, recipients)
  }

  /**
   * After a start: what was being sent when the console stopped has an end that nobody knows.
   *
   * @returns how many messages that were.
   */
  recover(until: Date, waits: MailWaits): Promise<number> {
    return inTransaction(this.#context, async (db) => {
      const rows = await db.selectFrom('mailMessages').selectAll().where('state', '=', 'sending').execute()
      for (const row of rows) {
        const unknown = { state: 'unknown', unknownTimes: 1, nextAttemptAt: until.getTime() }
        const sending = db.updateTable('mailRecipients').set(unknown).where('message', '=', row.id)
        await sending.where('state', '=', 'sending').execute()
        await summedMail({ ...this.#context, db }, row, waits)
      }
      return rows.length
    })
  }

  /** Those that have not been sent, anew, for as long as a new message. @returns `undefined` where there are none. */
  retry(group: string, id: string, giveUpAt: Date): Promise<MailMessage | undefined> {
    const states = ['waiting', 'unknown', 'refused', 'dead', 'cancelled'] as const
    return this.#change(group, id, states, { giveUpAt: giveUpAt.getTime() }, (now) => ({
      state: 'waiting',
      attempts: 0,
      unknownTimes: 0,
      nextAttemptAt: now,
      changedAt: now,
    }))
  }

  /** Those that still wait. @returns `undefined` where there are none. */
  cancel(group: string, id: string): Promise<MailMessage | undefined> {
    return this.#change(group, id, ['waiting', 'unknown'], {}, (now) => ({
      state: 'cancelled',
      nextAttemptAt: null,
      changedAt: now,
    }))
  }

  #change(
    group: string,
    id: string,
    states: readonly MailState[],
    message: Partial<Schema['mailMessages']>,
    recipient: (now: number) => Partial<Schema['mailRecipients']>,
  ): Promise<MailMessage | undefined> {
    return inTransaction(this.#context, async (db) => {
      const row = await heldMail(db, id)
      if (row === undefined || row.groupId !== group || row.sealed === null) return undefined
      const query = db.updateTable('mailRecipients').set(recipient(this.#context.clock.now().getTime()))
      const changed = await query
        .where('message', '=', id)
        .where('state', 'in', [...states])
        .executeTakeFirst()
      if (changed.numUpdatedRows === 0n) return undefined
      return summedMail({ ...this.#context, db }, { ...row, ...message })
    })
  }

  /** Forgets what ended before a moment, a few at a time. @returns how many. */
  forget(before: Date, limit: number): Promise<number> {
    return inTransaction(this.#context, async (db) => {
      const old = db.selectFrom('mailMessages').select('id').where('endedAt', '<', before.getTime()).limit(limit)
      const ids = (await old.execute()).map(({ id }) => id)
      if (ids.length === 0) return 0
      await db.deleteFrom('mailAttempts').where('message', 'in', ids).execute()
      await db.deleteFrom('mailRecipients').where('message', 'in', ids).execute()
      await db.deleteFrom('mailMessages').where('id', 'in', ids).execute()
      return ids.length
    })
  }
}
