/**
 * Messages and attempts, from the store's rows to the API's.
 *
 * @module
 */
import type { z } from 'zod'
import { endedMailStates } from '@sallygate/domain'
import type { MailAttempt, MailMessage, MailRecipient } from '@sallygate/store'
import type { attemptSchema, messageSchema, recipientSchema } from './schema.ts'

export function presentMessage(message: MailMessage): z.output<typeof messageSchema> {
  const { nextAttemptAt, waitsFor, waits, endedAt, recipients, group: _group, key: _key, ...rest } = message
  const states = recipients.map(({ state }) => state)
  return {
    ...rest,
    createdAt: message.createdAt.toISOString(),
    giveUpAt: message.giveUpAt.toISOString(),
    ...optional({
      nextAttemptAt: nextAttemptAt?.toISOString(),
      waitsFor,
      waits,
      endedAt: endedAt?.toISOString(),
    }),
    canRetry: message.state !== 'sending' && states.some((state) => state !== 'sent'),
    canCancel: message.state !== 'sending' && states.some((state) => !endedMailStates.includes(state)),
    recipients: recipients.map(presentRecipient),
  }
}

function presentRecipient(recipient: MailRecipient): z.output<typeof recipientSchema> {
  const { address, state, attempts, changedAt, nextAttemptAt, reply, status, said } = recipient
  return {
    address,
    state,
    attempts,
    changedAt: changedAt.toISOString(),
    ...optional({ nextAttemptAt: nextAttemptAt?.toISOString(), reply, status, said }),
  }
}

export function presentAttempt(attempt: MailAttempt): z.output<typeof attemptSchema> {
  const { number, startedAt, endedAt, connector, server, code, says, outcomes } = attempt
  return {
    number,
    startedAt: startedAt.toISOString(),
    ...optional({ endedAt: endedAt?.toISOString(), connector, server, code, says }),
    outcomes: outcomes.map(({ address, outcome, reply, status, said }) => ({
      address,
      outcome,
      ...optional({ reply, status, said }),
    })),
  }
}

/** Without the members that have no value: JSON has no word for them. */
function optional<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
