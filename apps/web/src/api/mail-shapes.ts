/**
 * The outbox of mails, as the API answers with it.
 *
 * @module
 */
import type { ToldFailure } from './shapes.ts'

export type MailState = 'waiting' | 'sending' | 'unknown' | 'sent' | 'refused' | 'dead' | 'cancelled'

export interface MailRecipient {
  readonly address: string
  readonly state: MailState
  readonly attempts: number
  readonly nextAttemptAt?: string
  readonly changedAt: string
  readonly reply?: number
  readonly status?: string
  readonly said?: string
}

export interface MailMessage {
  readonly id: string
  readonly number: number
  readonly template: string
  readonly subject: string
  readonly messageId: string
  readonly state: MailState
  readonly attempts: number
  readonly createdAt: string
  readonly giveUpAt: string
  readonly nextAttemptAt?: string
  /** Why nobody could even be asked. */
  readonly waits?: ToldFailure
  readonly endedAt?: string
  readonly canRetry: boolean
  readonly canCancel: boolean
  readonly recipients: readonly MailRecipient[]
}

export interface MailAttempt {
  readonly number: number
  readonly startedAt: string
  readonly endedAt?: string
  readonly connector?: string
  readonly server?: string
  readonly code?: string
  readonly says?: string
  readonly outcomes: readonly {
    readonly address: string
    readonly outcome: string
    readonly reply?: number
    readonly status?: string
    readonly said?: string
  }[]
}

export interface MailWithAttempts extends MailMessage {
  readonly attemptList: readonly MailAttempt[]
}

export interface MailStatus {
  readonly isOn: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly oldestWaitingAt?: string
  readonly underWay: number
  readonly servers: readonly {
    readonly server: string
    readonly sent: number
    readonly deferred: number
    readonly refused: number
    readonly unknown: number
    readonly lastAt: string
  }[]
  /** Of the oldest that waits. */
  readonly waits?: ToldFailure
  readonly lastFailure?: ToldFailure & { readonly at: string }
}

export interface MailTemplate {
  readonly name: string
  readonly says: string
  readonly subject: string
  readonly variables: readonly { readonly name: string; readonly says: string; readonly example: string }[]
}

export interface MailPreview {
  readonly subject: string
  readonly text: string
  readonly html: string
}
