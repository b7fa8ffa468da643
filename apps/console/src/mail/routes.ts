/**
 * The mail outbox over the API: what waits, what became of it, and what a person can do about it.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { giveUpAfterMs, type MailState } from '@sallygate/domain'
import type { MailMessage, Store } from '@sallygate/store'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { nextCursor, pageByNumber, readNumberCursor } from '../http/paging.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import type { ServiceBook } from '../services/service-book.ts'
import type { MailParts } from './assembly.ts'
import { outboxFailure } from './failures.ts'
import { presentAttempt, presentMessage } from './present.ts'
import { renderMail } from './render.ts'
import {
  mailStatusSchema,
  messageParams,
  messageSchema,
  messagesQuery,
  messageWithAttemptsSchema,
  previewBody,
  previewSchema,
  templateParams,
  templateSchema,
  testMailBody,
  type messageStateFilter,
} from './schema.ts'
import { mailTemplateNames, templateOf } from './templates.ts'

export interface MailRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly groups: OrganizationGroups
  readonly services: Pick<ServiceBook, 'isOn'>
  readonly mail: MailParts
}

const path = '/api/groups/:group/mail'

export function mailRoutes(parts: MailRouteParts): readonly Route[] {
  const { store, clock, groups, services, mail } = parts
  const whole = async (message: MailMessage) => ({
    ...presentMessage(message),
    attemptList: (await store.mailList.attempts(message.id)).map(presentAttempt),
  })
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/messages`,
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
      path: `${path}/messages/:message`,
      policy: 'services:read',
      says: 'Shows a message with every attempt to send it, and what the mail server said of each recipient.',
      params: messageParams,
      result: messageWithAttemptsSchema,
      handler: async ({ params, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        return whole(await need(store, group, params.message))
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/messages/:message/retry`,
      policy: 'services:edit',
      says: 'Sends a message again, now, to those recipients who do not have it, under the same Message-ID.',
      params: messageParams,
      result: messageSchema,
      handler: async ({ params, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        await need(store, group, params.message)
        const giveUpAt = new Date(clock.now().getTime() + giveUpAfterMs)
        const message = await store.mailOutbox.retry(group, params.message, giveUpAt)
        if (message === undefined) throw outboxFailure('NOTHING_TO_RETRY')
        mail.outbox.nudge()
        return presentMessage(message)
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/messages/:message/cancel`,
      policy: 'services:edit',
      says: 'Gives up sending a message to those recipients who still wait for it. What has been sent cannot be called back.',
      params: messageParams,
      result: messageSchema,
      handler: async ({ params, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        await need(store, group, params.message)
        const message = await store.mailOutbox.cancel(group, params.message)
        if (message === undefined) throw outboxFailure('NOTHING_TO_CANCEL')
        return presentMessage(message)
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/test`,
      policy: 'services:edit',
      says: 'Queues a test message. What becomes of it, the message says.',
      params: groupParams,
      body: testMailBody,
      result: messageSchema,
      status: 201,
      handler: async ({ params, body, actor }) => {
        const { id: group, name } = await visibleGroup(groups, params.group, actor)
        const at = `${clock.now().toISOString().slice(0, 16).replace('T', ' ')} UTC`
        const queued = await mail.post.queue(group, {
          template: 'mail-test',
          variables: { group: name, by: actor.name, at },
          to: body.to,
          key: `mail-test ${toHex(randomBytes(16))}`,
        })
        if (queued.kind !== 'queued') throw outboxFailure('NOT_CONFIGURED')
        return presentMessage(queued.message)
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/status`,
      policy: 'services:read',
      says: 'How mail of a group goes: how many messages are in which state, since when the oldest waits, and each server.',
      params: groupParams,
      result: mailStatusSchema,
      handler: async ({ params, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        const { states, oldestWaiting } = await store.mailList.counts(group)
        const failure = mail.tallies.lastFailure(group)
        return {
          isOn: await services.isOn(group, 'mail'),
          counts: states,
          ...(oldestWaiting === undefined ? {} : { oldestWaitingAt: oldestWaiting.toISOString() }),
          underWay: mail.outbox.underWay(group),
          servers: mail.tallies.servers(group).map((one) => ({ ...one, lastAt: one.lastAt.toISOString() })),
          ...(failure === undefined ? {} : { lastFailure: { ...failure, at: failure.at.toISOString() } }),
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/templates`,
      policy: 'services:read',
      says: 'Lists the templates of all mail, with the variables each may have.',
      params: groupParams,
      pages: { of: 'templates', by: ['name'] },
      result: z.strictObject({ templates: z.array(templateSchema) }),
      handler: async ({ params, actor }) => {
        await visibleGroup(groups, params.group, actor)
        return { templates: mailTemplateNames.map(presentTemplate) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/templates/:template/preview`,
      policy: 'services:edit',
      changes: false,
      says: 'Shows what a template makes of these variables, or of its examples. Nothing is sent.',
      params: templateParams,
      body: previewBody,
      result: previewSchema,
      handler: async ({ params, body, actor }) => {
        await visibleGroup(groups, params.group, actor)
        const { variables } = templateOf(params.template)
        const examples = Object.entries(variables).map(([name, { example }]) => [name, example] as const)
        return renderMail(params.template, { ...Object.fromEntries(examples), ...body.variables })
      },
    }),
  ]
}

/** @throws CONSOLE_NOT_FOUND. */
async function need(store: Store, group: string, id: string): Promise<MailMessage> {
  const message = await store.mailList.find(group, id)
  if (message === undefined) throw consoleFailure('NOT_FOUND')
  return message
}

function statesOf(filter: z.output<typeof messageStateFilter> | undefined): readonly MailState[] | undefined {
  if (filter === undefined) return undefined
  return filter === 'problems' ? ['dead', 'refused', 'unknown'] : [filter]
}

function presentTemplate(name: (typeof mailTemplateNames)[number]): z.output<typeof templateSchema> {
  const { says, subject, variables } = templateOf(name)
  const list = Object.entries(variables).map(([variable, one]) => ({
    name: variable,
    says: one.says,
    example: one.example,
  }))
  return { name, says, subject, variables: list }
}
