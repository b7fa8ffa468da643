/**
 * Messages of the outbox over the API: what waits, what became of it, and what a person can do about it.
 *
 * @module
 */
import { giveUpAfterMs, type MailState } from '@sallygate/domain'
import type { MailMessage } from '@sallygate/store'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { nextCursor, pageByNumber, readNumberCursor } from '../http/paging.ts'
import type { Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { outboxFailure } from './failures.ts'
import { presentAttempt, presentMessage } from './present.ts'
import { mailPath, type MailRouteParts } from './routes.ts'
import {
  messageParams,
  messageSchema,
  messagesQuery,
  messageWithAttemptsSchema,
  type messageStateFilter,
} from './schema.ts'

export function messageRoutes(parts: MailRouteParts): readonly Route[] {
  const { store, clock, groups, mail } = parts
  return [
    defineRoute({
      method: 'GET',
      path: `${mailPath}/messages`,
      policy: 'services:read',
      says: 'Lists the mail of a group, newest first: what waits, what was sent, what was not. The text is not shown.',
      params: groupParams,
      query: messagesQuery,
      result: z.strictObject({ messages: z.array(messageSchema), nextCursor }),
      handler: async ({ params, query, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        const { limit, cursor, state } = query
        const before = readNumberCursor(cursor)
        const found = await store.mailList.list({ group, states: statesOf(state), before, limit: limit + 1 })
        const { items, ...more } = pageByNumber(found, ({ number }) => number, limit)
        return { messages: items.map(presentMessage), ...more }
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${mailPath}/messages/:message`,
      policy: 'services:read',
      says: 'Shows a message with every attempt to send it, and what the mail server said of each recipient.',
      params: messageParams,
      result: messageWithAttemptsSchema,
      handler: async ({ params, actor }) => {
        const message = await messageOf(parts, params, actor)
        return {
          ...presentMessage(message),
          attemptList: (await store.mailList.attempts(message.id)).map(presentAttempt),
        }
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${mailPath}/messages/:message/retry`,
      policy: 'services:edit',
      says: 'Sends a message again, now, to those recipients who do not have it, under the same Message-ID.',
      params: messageParams,
      result: messageSchema,
      handler: async ({ params, actor }) => {
        const { group, id } = await messageOf(parts, params, actor)
        const giveUpAt = new Date(clock.now().getTime() + giveUpAfterMs)
        const message = await store.mailOutbox.retry(group, id, giveUpAt)
        if (message === undefined) throw outboxFailure('NOTHING_TO_RETRY')
        mail.outbox.nudge()
        return presentMessage(message)
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${mailPath}/messages/:message/cancel`,
      policy: 'services:edit',
      says: 'Gives up sending a message to those recipients who still wait for it. What has been sent cannot be called back.',
      params: messageParams,
      result: messageSchema,
      handler: async ({ params, actor }) => {
        const { group, id } = await messageOf(parts, params, actor)
        const message = await store.mailOutbox.cancel(group, id)
        if (message === undefined) throw outboxFailure('NOTHING_TO_CANCEL')
        return presentMessage(message)
      },
    }),
  ]
}

/** @throws CONSOLE_NOT_FOUND, also for a group the actor does not see. */
async function messageOf(
  { store, groups }: MailRouteParts,
  params: z.output<typeof messageParams>,
  actor: Actor,
): Promise<MailMessage> {
  const { id: group } = await visibleGroup(groups, params.group, actor)
  const message = await store.mailList.find(group, params.message)
  if (message === undefined) throw consoleFailure('NOT_FOUND')
  return message
}

function statesOf(filter: z.output<typeof messageStateFilter> | undefined): readonly MailState[] | undefined {
  if (filter === undefined) return undefined
  return filter === 'problems' ? ['dead', 'refused', 'unknown'] : [filter]
}
