/**
 * Attempts to send what is in the mail outbox: begun before they are made, ended after, or put off as if there had been none.
 *
 * What happens next is the domain's to say.
 *
 * @module
 */
import type { MailState } from '@sallygate/domain'
import { inTransaction, type Context } from './context.ts'
import { heldMail, placeOfMail, recipientsOf, summedMail, wholeMail } from './mail-held.ts'
import type { MailAttemptOutcome, MailMessage, MailWaits } from './mail-row.ts'

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
  /** Why it waits now, if any of it does. */
  readonly waits?: MailWaits | undefined
  readonly recipients: readonly RecipientChange[]
}

export class MailAttempts {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /**
   * Writes down that an attempt is made, before it is made.
   *
   * @returns `undefined` when nothing of the message is due any more. @throws STORE_CANNOT_UNSEAL.
   */
  begin(id: string): Promise<BegunMail | undefined> {
    return inTransaction(this.#context, async (db) => {
      const now = this.#context.clock.now().getTime()
      const row = await heldMail(db, id)
      if (row === undefined || row.sealed === null || row.state === 'sending') return undefined
      const due = (await recipientsOf(db, id)).filter(
        ({ nextAttemptAt }) => nextAttemptAt !== null && nextAttemptAt <= now,
      )
      if (due.length === 0) return undefined
      const content = (await this.#context.vault.open(db, placeOfMail(row.groupId, id), row.sealed))
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
      const message = { state: 'sending', attempts: attempt, nextAttemptAt: null, waitsFor: null, waits: null }
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
        message: await wholeMail(db, { ...row, ...message }),
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
      const row = await heldMail(db, id)
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
      return summedMail({ ...this.#context, db }, row, ended.waits)
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
    { until, giveUpAt, waits }: { readonly until: Date; readonly giveUpAt: Date; readonly waits: MailWaits },
  ): Promise<MailMessage | undefined> {
    return inTransaction(this.#context, async (db) => {
      const row = await heldMail(db, id)
      if (row === undefined) return undefined
      const sending = db.updateTable('mailRecipients').where('message', '=', id).where('state', '=', 'sending')
      const back = { nextAttemptAt: until.getTime() }
      const once = (state: MailState) => sending.set((it) => ({ ...back, state, attempts: it('attempts', '-', 1) }))
      await once('unknown').where('unknownTimes', '>', 0).execute()
      await once('waiting').where('unknownTimes', '=', 0).execute()
      await db.deleteFrom('mailAttempts').where('message', '=', id).where('number', '=', attempt).execute()
      const later = Math.max(row.giveUpAt, giveUpAt.getTime())
      const before = { ...row, attempts: attempt - 1, giveUpAt: later }
      return summedMail({ ...this.#context, db }, before, waits, waits.code)
    })
  }
}
