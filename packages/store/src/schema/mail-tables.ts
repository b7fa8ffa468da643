/**
 * Mail on its way, recipient by recipient.
 *
 * @module
 */
type Bytes = Uint8Array

export interface MailTables {
  mailMessages: {
    id: string
    number: number
    groupId: string
    dedupKey: string
    template: string
    subject: string
    messageId: string
    /** Text and HTML; nothing once all have it. */
    sealed: Bytes | null
    state: string
    attempts: number
    createdAt: number
    giveUpAt: number
    /** The earliest of its recipients'. */
    nextAttemptAt: number | null
    waitsFor: string | null
    /** `MailWaits`. */
    waits: string | null
    endedAt: number | null
  }
  mailRecipients: {
    message: string
    position: number
    address: string
    state: string
    attempts: number
    unknownTimes: number
    nextAttemptAt: number | null
    changedAt: number
    reply: number | null
    status: string | null
    said: string | null
  }
  mailAttempts: {
    message: string
    number: number
    startedAt: number
    endedAt: number | null
    connector: string | null
    server: string | null
    code: string | null
    says: string | null
    outcomes: string
  }
}
