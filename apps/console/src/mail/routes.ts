/**
 * Mail over the API: a test, how it goes, and the routes of messages and templates.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Store } from '@sallygate/store'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import type { ServiceBook } from '../services/service-book.ts'
import type { MailParts } from './assembly.ts'
import { outboxFailure } from './failures.ts'
import { messageRoutes } from './message-routes.ts'
import { presentMessage } from './present.ts'
import { mailStatusSchema, messageSchema, testMailBody } from './schema.ts'
import { templateRoutes } from './template-routes.ts'

export interface MailRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly groups: OrganizationGroups
  readonly services: Pick<ServiceBook, 'isOn'>
  readonly mail: MailParts
}

export const mailPath = '/api/groups/:group/mail'

export function mailRoutes(parts: MailRouteParts): readonly Route[] {
  const { store, clock, groups, services, mail } = parts
  return [
    ...messageRoutes(parts),
    defineRoute({
      method: 'POST',
      path: `${mailPath}/test`,
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
      path: `${mailPath}/status`,
      policy: 'services:read',
      says: 'How mail of a group goes: how many messages are in which state, since when the oldest waits, and each server.',
      params: groupParams,
      result: mailStatusSchema,
      handler: async ({ params, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        const { states, oldestWaiting } = await store.mailList.counts(group)
        const waits = await store.mailList.waits(group)
        const failure = mail.tallies.lastFailure(group)
        return {
          isOn: await services.isOn(group, 'mail'),
          counts: states,
          ...(oldestWaiting === undefined ? {} : { oldestWaitingAt: oldestWaiting.toISOString() }),
          ...(waits === undefined ? {} : { waits }),
          underWay: mail.outbox.underWay(group),
          servers: mail.tallies.servers(group).map((one) => ({ ...one, lastAt: one.lastAt.toISOString() })),
          ...(failure === undefined ? {} : { lastFailure: { ...failure, at: failure.at.toISOString() } }),
        }
      },
    }),
    ...templateRoutes(parts),
  ]
}
