/**
 * A message of the mail outbox while it is changed: held, so that nobody else changes it, and summed up afterwards.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { endedMailStates, stateOfMessage, type MailState } from '@sallygate/domain'
import type { Context } from './context.ts'
import { hold } from './hold.ts'
import { presentMessage, type MailMessage, type MailWaits } from './mail-row.ts'
import type { Schema } from './schema.ts'

export type MailDb = Kysely<Schema>
type Row = Schema['mailMessages']

/** Whoever changes a message waits for whoever is changing it. */
export async function heldMail(db: MailDb, id: string): Promise<Row | undefined> {
  await hold(db, `mail ${id}`)
  return db.selectFrom('mailMessages').selectAll().where('id', '=', id).executeTakeFirst()
}

export function recipientsOf(db: MailDb, message: string): Promise<Schema['mailRecipients'][]> {
  return db.selectFrom('mailRecipients').selectAll().where('message', '=', message).orderBy('position').execute()
}

export async function wholeMail(db: MailDb, row: Row): Promise<MailMessage> {
  return presentMessage(row, await recipientsOf(db, row.id))
}

export function placeOfMail(group: string, row: string) {
  return { table: 'mailMessages', column: 'sealed', row, group } as const
}

/**
 * Makes the message what its recipients are. What has been sent to all is not kept to be read.
 *
 * @param waits Why it waits, if it does now.
 */
export async function summedMail(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  row: Row,
  waits?: MailWaits,
  waitsFor: string | null = null,
): Promise<MailMessage> {
  const recipients = await recipientsOf(db, row.id)
  const state = stateOfMessage(recipients.map((one) => one.state as MailState))
  const times = recipients.flatMap(({ nextAttemptAt }) => (nextAttemptAt === null ? [] : [nextAttemptAt]))
  const after: Row = {
    ...row,
    state,
    waitsFor,
    waits: waits === undefined || times.length === 0 ? null : JSON.stringify(waits),
    sealed: state === 'sent' ? null : row.sealed,
    nextAttemptAt: times.length === 0 ? null : Math.min(...times),
    endedAt: endedMailStates.includes(state) ? clock.now().getTime() : null,
  }
  const { id, ...values } = after
  await db.updateTable('mailMessages').set(values).where('id', '=', id).execute()
  return presentMessage(after, recipients)
}
