/**
 * The mail contract: handing one message to the customer's mail server, and checking the way there.
 *
 * Imported by both ends; no I/O. The connector does it once per call and says what became
 * of each recipient; what is repeated, and when, is the outbox's business in the console.
 *
 * @module
 */
import { checkResultSchema, defineContract, noParams, operation } from '@sallygate/service-kit'
import { z } from 'zod'
import { mailAddress } from './contract/address.ts'
import { headerText } from './contract/header-text.ts'
import { recipientOutcomes } from './contract/outcomes.ts'
import { mailSettings } from './contract/settings.ts'

export * from './contract/address.ts'
export * from './contract/failures.ts'
export * from './contract/header-text.ts'
export * from './contract/outcomes.ts'
export * from './contract/settings.ts'

/** Templates make short messages; a request to a connector holds 240 KiB in all. */
export const maxRecipients = 50
export const maxBodyCharacters = 60_000

/** Line ends are the composer's to write; a NUL ends a text in programs of C. */
const bodyText = z
  .string()
  .max(maxBodyCharacters)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'well-formed text without NUL')

export const sendParams = z.strictObject({
  /** Without angle brackets. The same at every attempt: by it a receiver knows a copy (RFC 5322 3.6.4). */
  messageId: z.string().regex(/^[A-Za-z0-9._+-]{1,100}@[A-Za-z0-9.-]{1,253}$/, 'an identifier such as 17@example.com'),
  /** When it was written, not when it is sent. */
  date: z.iso.datetime(),
  /** Who is in the header. */
  to: z.array(mailAddress).min(1).max(maxRecipients),
  /** Whom this attempt is for: some of those in `to`. */
  recipients: z.array(mailAddress).min(1).max(maxRecipients),
  subject: headerText(500),
  text: bodyText,
  html: bodyText.optional(),
})

export const recipientOutcome = z.strictObject({
  address: mailAddress,
  outcome: z.enum(recipientOutcomes),
  /** The three digits of the server's reply (RFC 5321 4.2). */
  reply: z.number().int().min(200).max(599).optional(),
  /** The enhanced status code, such as 5.1.1 (RFC 3463). */
  status: z.string().max(12).optional(),
  /** What the server said, on one line. */
  said: z.string().max(200).optional(),
})

export type RecipientOutcome = z.infer<typeof recipientOutcome>

export const sendResult = z.strictObject({
  /** `mail.corp.test:587` */
  server: z.string().max(300),
  /** `TLSv1.3`; absent on a connection that was not encrypted. */
  protocol: z.string().max(20).optional(),
  recipients: z.array(recipientOutcome).min(1).max(maxRecipients),
})

/** As long as a request may live (10 minutes), less what the way takes: the final dot may take the server minutes. */
export const sendDeadlineMs = 570_000

export const mailContract = defineContract('mail', 1, {
  title: 'Mail',
  settings: mailSettings,
  operations: {
    check: operation({
      class: 'R',
      says: 'Tries every step from the name of each server to a sender that it accepts. Nothing is sent.',
      params: noParams,
      result: checkResultSchema,
      deadlineMs: 60_000,
      leastMs: 500,
    }),
    send: operation({
      class: 'O',
      says: 'Hands one message to the mail server, once, and says what became of each recipient.',
      params: sendParams,
      result: sendResult,
      deadlineMs: sendDeadlineMs,
      leastMs: 2000,
    }),
  },
  abilities: ['implicitTls', 'startTls', 'xoauth2', 'dkim', 'certificatePin'],
})

export type MailContract = typeof mailContract
