/**
 * @module
 */
import { z } from 'zod'
import { consentSchema, type Consent } from '../admins/consent.ts'
import type { Dispatcher } from '../calls/dispatcher.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import type { Duties } from './duties.ts'
import type { InstanceBook } from './instance-book.ts'
import { findConnector } from './policy.ts'
import { presentConnector } from './presenter.ts'
import { connectorParams, connectorSchema, dutySchema } from './schema.ts'
import type { Sessions } from './sessions.ts'

export interface ConnectorRouteParts {
  readonly groups: OrganizationGroups
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly dispatcher: Dispatcher
  readonly admins: { readonly consent: Consent }
  readonly duties: Duties
  /** Resolves when the relay has been told, or cannot be told now. */
  readonly revoke: (instance: string) => Promise<void>
}

export function connectorRoutes(parts: ConnectorRouteParts): readonly Route[] {
  const { groups, book, revoke } = parts
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/connectors',
      policy: 'connectors:read',
      says: 'Lists the connectors of a group and how they are.',
      params: groupParams,
      pages: { of: 'connectors', by: ['name', 'id'] },
      result: z.strictObject({ connectors: z.array(connectorSchema) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return { connectors: book.list(id).map((entry) => presentConnector(entry, parts)) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/connectors/:connector',
      policy: 'connectors:read',
      says: 'Shows one connector, by id or name.',
      params: connectorParams,
      result: connectorSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return presentConnector(findConnector(book, id, params.connector), parts)
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/groups/:group/connectors/:connector',
      policy: 'connectors:edit',
      says: 'Says whether a connector gets work and how large a share, against its siblings. What is left out stays. Work that it has is finished.',
      params: connectorParams,
      body: dutySchema,
      result: connectorSchema,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const { id } = findConnector(book, group.id, params.connector)
        await parts.duties.set(id, body)
        return presentConnector(findConnector(book, group.id, id), parts)
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/connectors/:connector/revoke',
      policy: 'connectors:edit',
      says: 'Revokes a connector for good: its session is cut, and it is refused from then on. Administrators give what the group’s restricted actions ask for.',
      params: connectorParams,
      body: consentSchema,
      result: connectorSchema,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const { id } = findConnector(book, group.id, params.connector)
        await parts.admins.consent.require(actor, body, 'revokeConnector', group.id)
        await revoke(id)
        return presentConnector(findConnector(book, group.id, id), parts)
      },
    }),
  ]
}
