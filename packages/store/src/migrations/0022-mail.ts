/**
 * The mail outbox: messages, what became of each recipient, and every attempt.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { createTable, type ColumnTypes, type Table } from '../tables.ts'

const mailMessages: Table = {
  columns: {
    id: 'text',
    number: 'number',
    groupId: 'text',
    dedupKey: 'text',
    template: 'text',
    subject: 'text',
    messageId: 'text',
    sealed: 'bytes?',
    state: 'text',
    attempts: 'number',
    createdAt: 'number',
    giveUpAt: 'number',
    nextAttemptAt: 'number?',
    waitsFor: 'text?',
    endedAt: 'number?',
  },
  primary: ['id'],
  unique: [['number'], ['groupId', 'dedupKey']],
  references: { groupId: 'groups.id' },
  indexes: [['nextAttemptAt'], ['groupId', 'state', 'number'], ['endedAt']],
}

const mailRecipients: Table = {
  columns: {
    message: 'text',
    position: 'number',
    address: 'text',
    state: 'text',
    attempts: 'number',
    unknownTimes: 'number',
    nextAttemptAt: 'number?',
    changedAt: 'number',
    reply: 'number?',
    status: 'text?',
    said: 'text?',
  },
  primary: ['message', 'position'],
  references: { message: 'mailMessages.id' },
}

const mailAttempts: Table = {
  columns: {
    message: 'text',
    number: 'number',
    startedAt: 'number',
    endedAt: 'number?',
    connector: 'text?',
    server: 'text?',
    code: 'text?',
    says: 'text?',
    outcomes: 'text',
  },
  primary: ['message', 'number'],
  references: { message: 'mailMessages.id' },
}

export async function makeMailTables(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, 'mailMessages', mailMessages)
  await createTable(db, types, 'mailRecipients', mailRecipients)
  await createTable(db, types, 'mailAttempts', mailAttempts)
}
