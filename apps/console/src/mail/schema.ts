/**
 * The mail outbox as the API shows it.
 *
 * @module
 */
import { mailStates } from '@sallygate/domain'
import { mailAddress, maxRecipients } from '@sallygate/service-mail/contract'
import { z } from 'zod'
import { pageQuery } from '../http/paging.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { mailTemplateNames } from './templates.ts'

export const messageParams = groupParams.extend({ message: z.string().min(1).max(64) })
export const templateParams = groupParams.extend({ template: z.enum(mailTemplateNames) })

/** `problems`: dead, refused and unknown, what an administrator looks at first. */
export const messageStateFilter = z.enum([...mailStates, 'problems'])

export const messagesQuery = z.strictObject({ ...pageQuery(50), state: messageStateFilter.optional() })

const state = z.enum(mailStates)

const words = z.strictObject({ code: z.string(), says: z.string(), fix: z.string() })

export const recipientSchema = z.strictObject({
  address: z.string(),
  state,
  attempts: z.number().int(),
  nextAttemptAt: z.iso.datetime().optional(),
  changedAt: z.iso.datetime(),
  /** Three digits of the last reply about this recipient (RFC 5321). */
  reply: z.number().int().optional(),
  /** Enhanced status code, such as 5.1.1 (RFC 3463). */
  status: z.string().optional(),
  /** What the server said. */
  said: z.string().optional(),
})

export const messageSchema = z.strictObject({
  id: z.string(),
  number: z.number().int(),
  template: z.string(),
  subject: z.string(),
  messageId: z.string(),
  state,
  attempts: z.number().int(),
  createdAt: z.iso.datetime(),
  /** When it is given up, if it only ever is deferred. */
  giveUpAt: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().optional(),
  /** The code for which nobody could even be asked: no connector attached, the service off. */
  waitsFor: z.string().optional(),
  /** Why it waits, in words: no connector, a server that is down, one that said later, an end that nobody knows. */
  waits: words.optional(),
  endedAt: z.iso.datetime().optional(),
  canRetry: z.boolean(),
  canCancel: z.boolean(),
  recipients: z.array(recipientSchema),
})

export const attemptSchema = z.strictObject({
  number: z.number().int(),
  startedAt: z.iso.datetime(),
  /** Absent while it goes on, and where the console stopped in the middle of it. */
  endedAt: z.iso.datetime().optional(),
  /** By its name. */
  connector: z.string().optional(),
  server: z.string().optional(),
  /** The failure that ended it for all recipients, with its words. */
  code: z.string().optional(),
  says: z.string().optional(),
  outcomes: z.array(
    z.strictObject({
      address: z.string(),
      outcome: z.string(),
      reply: z.number().int().optional(),
      status: z.string().optional(),
      said: z.string().optional(),
    }),
  ),
})

export const messageWithAttemptsSchema = messageSchema.extend({ attemptList: z.array(attemptSchema) })

export const mailStatusSchema = z.strictObject({
  /** Whether the mail service is on for the group. */
  isOn: z.boolean(),
  counts: z.record(state, z.number().int()),
  oldestWaitingAt: z.iso.datetime().optional(),
  /** Attempts under way now. */
  underWay: z.number().int(),
  /** By server, since this console started. */
  servers: z.array(
    z.strictObject({
      server: z.string(),
      sent: z.number().int(),
      deferred: z.number().int(),
      refused: z.number().int(),
      unknown: z.number().int(),
      lastAt: z.iso.datetime(),
    }),
  ),
  /** The last failure that ended an attempt for all recipients, since this console started. */
  lastFailure: words.extend({ at: z.iso.datetime() }).optional(),
  /** Why the oldest message waits. */
  waits: words.optional(),
})

export const testMailBody = z.strictObject({ to: z.array(mailAddress).min(1).max(maxRecipients) })

const variableSchema = z.strictObject({ name: z.string(), says: z.string(), example: z.string() })

export const templateSchema = z.strictObject({
  name: z.enum(mailTemplateNames),
  says: z.string(),
  subject: z.string(),
  variables: z.array(variableSchema),
})

/** What is left out has its example. */
export const previewBody = z.strictObject({
  variables: z.record(z.string().max(60), z.string().max(2000)).default({}),
})

export const previewSchema = z.strictObject({ subject: z.string(), text: z.string(), html: z.string() })
