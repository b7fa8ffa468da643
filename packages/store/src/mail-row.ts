/**
 * A message of the mail outbox, as rows and as the program sees it.
 *
 * @module
 */
import type { MailState } from '@sallygate/domain'
import { toDate } from './context.ts'
import type { Schema } from './schema.ts'

export interface MailMessage {
  readonly id: string
  /** Rises with every message of the installation; the order of a group. */
  readonly number: number
  readonly group: string
  /** What made it; the same key is the same message. */
  readonly key: string
  readonly template: string
  readonly subject: string
  readonly messageId: string
  readonly state: MailState
  readonly attempts: number
  readonly createdAt: Date
  readonly giveUpAt: Date
  readonly nextAttemptAt: Date | undefined
  /** The failure for which nobody could even be asked; absent while somebody can. */
  readonly waitsFor: string | undefined
  /** Why it waits, whatever it is: nobody to ask, a server that cannot be reached, one that said later. */
  readonly waits: MailWaits | undefined
  readonly endedAt: Date | undefined
  readonly recipients: readonly MailRecipient[]
}

/** A failure in words. */
export interface MailWaits {
  readonly code: string
  readonly says: string
  readonly fix: string
}

export interface MailRecipient {
  readonly position: number
  readonly address: string
  readonly state: MailState
  readonly attempts: number
  readonly unknownTimes: number
  readonly nextAttemptAt: Date | undefined
  readonly changedAt: Date
  /** Of the last reply about it: the three digits, RFC 3463's code, the words. */
  readonly reply: number | undefined
  readonly status: string | undefined
  readonly said: string | undefined
}

export interface MailAttempt {
  readonly number: number
  readonly startedAt: Date
  readonly endedAt: Date | undefined
  readonly connector: string | undefined
  readonly server: string | undefined
  /** The failure that ended it before any recipient was decided. */
  readonly code: string | undefined
  readonly says: string | undefined
  readonly outcomes: readonly MailAttemptOutcome[]
}

export interface MailAttemptOutcome {
  readonly address: string
  readonly outcome: string
  readonly reply?: number | undefined
  readonly status?: string | undefined
  readonly said?: string | undefined
}

export function presentMessage(
  row: Schema['mailMessages'],
  recipients: readonly Schema['mailRecipients'][],
): MailMessage {
  return {
    id: row.id,
    number: row.number,
    group: row.groupId,
    key: row.dedupKey,
    template: row.template,
    subject: row.subject,
    messageId: row.messageId,
    state: row.state as MailState,
    attempts: row.attempts,
    createdAt: new Date(row.createdAt),
    giveUpAt: new Date(row.giveUpAt),
    nextAttemptAt: toDate(row.nextAttemptAt),
    waitsFor: row.waitsFor ?? undefined,
    waits: row.waits === null ? undefined : (JSON.parse(row.waits) as MailWaits),
    endedAt: toDate(row.endedAt),
    recipients: recipients.filter(({ message }) => message === row.id).map(presentRecipient),
  }
}

function presentRecipient(row: Schema['mailRecipients']): MailRecipient {
  return {
    position: row.position,
    address: row.address,
    state: row.state as MailState,
    attempts: row.attempts,
    unknownTimes: row.unknownTimes,
    nextAttemptAt: toDate(row.nextAttemptAt),
    changedAt: new Date(row.changedAt),
    reply: row.reply ?? undefined,
    status: row.status ?? undefined,
    said: row.said ?? undefined,
  }
}

export function presentAttempt(row: Schema['mailAttempts']): MailAttempt {
  return {
    number: row.number,
    startedAt: new Date(row.startedAt),
    endedAt: toDate(row.endedAt),
    connector: row.connector ?? undefined,
    server: row.server ?? undefined,
    code: row.code ?? undefined,
    says: row.says ?? undefined,
    outcomes: JSON.parse(row.outcomes) as MailAttemptOutcome[],
  }
}
