/**
 * The mail outbox: what is to be sent, on the disk before anybody is told that it will be.
 *
 * Writing only; `mail-list.ts` reads. What is in a message lies sealed under its group's key,
 * and is erased once it has been sent. When what happens next is the domain's to say.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { encodeUtf8 } from '@sallygate/base/bytes'
import { endedMailStates, stateOfMessage, type MailState } from '@sallygate/domain'
import { inTransaction, newId, type Context } from './context.ts'
import { Counters } from './counters.ts'
import { hold } from './hold.ts'
import { presentMessage, type MailAttemptOutcome, type MailMessage } from './mail-row.ts'
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

export interface BegunMail {
  readonly message: MailMessage
  /** Of its recipients those whose time has come. */
  readonly due: readonly string[]
  readonly attempt: number
  readonly content: string
}

export interface RecipientChange {
  readonly address: string
  readonly state: MailState
  readonly unknownTimes: number
  readonly nextAttemptAt: Date | undefined
  readonly outcome: MailAttemptOutcome
}

export interface EndedAttempt {
  readonly connector?: string | undefined
  readonly server?: string | undefined
  readonly code?: string | undefined
  readonly says?: string | undefined
  readonly recipients: readonly RecipientChange[]
}

type Db = Kysely<Schema>

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
      if (before !== undefined) return { message: await this.#whole(db, before), isNew: false }
      return { message: await this.#insert(db, mail), isNew: true }
    })
  }

  async #insert(db: Db, mail: NewMail): Promise<MailMessage> {
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
      sealed: await vault.seal(db, placeOf(mail.group, id), encodeUtf8(mail.content)),
      state: 'waiting',
      attempts: 0,
      createdAt: now,
      giveUpAt: mail.giveUpAt.getTime(),
      nextAttemptAt: now,
      waitsFor: null,
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
   * Writes down that an attempt is made, before it is made.
   *
   * @returns `undefined` when nothing of the message is due any more. @throws STORE_CANNOT_UNSEAL.
   */
  begin(id: string): Promise<BegunMail | undefined> {
    return inTransaction(this.#context, async (db) => {
      const now = this.#context.clock.now().getTime()
      const row = await held(db, id)
      if (row === undefined || row.sealed === null || row.state === 'sending') return undefined
      const due = (await recipientsOf(db, id)).filter(
        ({ nextAttemptAt }) => nextAttemptAt !== null && nextAttemptAt <= now,
      )
      if (due.length === 0) return undefined
      const content = (await this.#context.vault.open(db, placeOf(row.groupId, id), row.sealed))
        .reveal()
        .toString('utf8')
      const attempt = row.attempts + 1
      const positions = due.map(({ position }) => position)
      await db
        .updateTable('mailRecipients')
        .set((it) => ({ state: 'sending', attempts: it('attempts', '+', 1), nextAttemptAt: null, changedAt: now }))
        .where('message', '=', id)
        .where('position', 'in', positions)
        .execute()
      const message = { state: 'sending', attempts: attempt, nextAttemptAt: null, waitsFor: null }
      await db.updateTable('mailMessages').set(message).where('id', '=', id).execute()
      await db
        .insertInto('mailAttempts')
        .values({
          message: id,
          number: attempt,
          startedAt: now,
          endedAt: null,
          connector: null,
          server: null,
          code: null,
          says: null,
          outcomes: '[]',
        })
        .execute()
      return {
        message: await this.#whole(db, { ...row, ...message }),
        due: due.map(({ address }) => address),
        attempt,
        content,
      }
    })
  }

  /** Writes down what became of it. @returns the message as it is now. */
  end(id: string, attempt: number, ended: EndedAttempt): Promise<MailMessage | undefined> {
    return inTransaction(this.#context, async (db) => {
      const now = this.#context.clock.now().getTime()
      const row = await held(db, id)
      if (row === undefined) return undefined
      for (const { address, state, unknownTimes, nextAttemptAt, outcome } of ended.recipients) {
        await db
          .updateTable('mailRecipients')
          .set({
            state,
            unknownTimes,
            nextAttemptAt: nextAttemptAt?.getTime() ?? null,
            changedAt: now,
            reply: outcome.reply ?? null,
            status: outcome.status ?? null,
            said: outcome.said ?? null,
          })
          .where('message', '=', id)
          .where('address', '=', address)
          .where('state', '=', 'sending')
          .execute()
      }
      await db
        .updateTable('mailAttempts')
        .set({
          endedAt: now,
          connector: ended.connector ?? null,
          server: ended.server ?? null,
          code: ended.code ?? null,
          says: ended.says ?? null,
          outcomes: JSON.stringify(ended.recipients.map(({ outcome }) => outcome)),
        })
        .where('message', '=', id)
        .where('number', '=', attempt)
        .execute()
      return this.#summed(db, row, null)
    })
  }

  /**
   * Nobody could be asked: as if it had not been begun, until later.
   *
   * @param giveUpAt Its time to live begins when somebody can be asked; an earlier end gives way to this one.
   */
  postpone(
    id: string,
    attempt: number,
    { until, giveUpAt, waitsFor }: { readonly until: Date; readonly giveUpAt: Date; readonly waitsFor: string },
  ): Promise<MailMessage | undefined> {
    return inTransaction(this.#context, async (db) => {
      const row = await held(db, id)
      if (row === undefined) return undefined
      const sending = db.updateTable('mailRecipients').where('message', '=', id).where('state', '=', 'sending')
      const back = { nextAttemptAt: until.getTime() }
      const once = (state: MailState) => sending.set((it) => ({ ...back, state, attempts: it('attempts', '-', 1) }))
      await once('unknown').where('unknownTimes', '>', 0).execute()
      await once('waiting').where('unknownTimes', '=', 0).execute()
      await db.deleteFrom('mailAttempts').where('message', '=', id).where('number', '=', attempt).execute()
      const later = Math.max(row.giveUpAt, giveUpAt.getTime())
      return this.#summed(db, { ...row, attempts: attempt - 1, giveUpAt: later }, waitsFor)
    })
  }

  /**
   * After a start: what was being sent when the console stopped has an end that nobody knows.
   *
   * @returns how many messages that were.
   */
  recover(until: Date): Promise<number> {
    return inTransaction(this.#context, async (db) => {
      const rows = await db.selectFrom('mailMessages').selectAll().where('state', '=', 'sending').execute()
      for (const row of rows) {
        const unknown = { state: 'unknown', unknownTimes: 1, nextAttemptAt: until.getTime() }
        const sending = db.updateTable('mailRecipients').set(unknown).where('message', '=', row.id)
        await sending.where('state', '=', 'sending').execute()
        await this.#summed(db, row, null)
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
      const row = await held(db, id)
      if (row === undefined || row.groupId !== group || row.sealed === null) return undefined
      const query = db.updateTable('mailRecipients').set(recipient(this.#context.clock.now().getTime()))
      const changed = await query
        .where('message', '=', id)
        .where('state', 'in', [...states])
        .executeTakeFirst()
      if (changed.numUpdatedRows === 0n) return undefined
      return this.#summed(db, { ...row, ...message }, null)
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

  /** Makes the message what its recipients are. What has been sent to all is not kept to be read. */
  async #summed(db: Db, row: Schema['mailMessages'], waitsFor: string | null): Promise<MailMessage> {
    const recipients = await recipientsOf(db, row.id)
    const state = stateOfMessage(recipients.map((one) => one.state as MailState))
    const times = recipients.flatMap(({ nextAttemptAt }) => (nextAttemptAt === null ? [] : [nextAttemptAt]))
    const hasEnded = endedMailStates.includes(state)
    const after: Schema['mailMessages'] = {
      ...row,
      state,
      waitsFor,
      sealed: state === 'sent' ? null : row.sealed,
      nextAttemptAt: times.length === 0 ? null : Math.min(...times),
      endedAt: hasEnded ? this.#context.clock.now().getTime() : null,
    }
    const { id, ...values } = after
    await db.updateTable('mailMessages').set(values).where('id', '=', id).execute()
    return presentMessage(after, recipients)
  }

  async #whole(db: Db, row: Schema['mailMessages']): Promise<MailMessage> {
    return presentMessage(row, await recipientsOf(db, row.id))
  }
}

/** Whoever changes a message waits for whoever is changing it. */
async function held(db: Db, id: string): Promise<Schema['mailMessages'] | undefined> {
  await hold(db, `mail ${id}`)
  return db.selectFrom('mailMessages').selectAll().where('id', '=', id).executeTakeFirst()
}

function recipientsOf(db: Db, message: string): Promise<Schema['mailRecipients'][]> {
  return db.selectFrom('mailRecipients').selectAll().where('message', '=', message).orderBy('position').execute()
}

function placeOf(group: string, row: string) {
  return { table: 'mailMessages', column: 'sealed', row, group } as const
}
