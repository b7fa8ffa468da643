/**
 * @module
 */
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from './organization-groups.ts'
import { placeOf, visibleGroup, visibleGroups } from './policy.ts'
import { presentGroup } from './presenter.ts'
import { groupParams, groupSchema, newGroupSchema } from './schema.ts'

export function groupRoutes(groups: OrganizationGroups): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups',
      policy: 'organization-groups:read',
      says: 'Lists the organization groups.',
      pages: { of: 'groups', by: ['name', 'id'] },
      result: z.strictObject({ groups: z.array(groupSchema) }),
      scope: 'own',
      handler: async ({ actor }) => ({ groups: (await visibleGroups(groups, actor)).map(presentGroup) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups',
      policy: 'organization-groups:edit',
      says: 'Makes an organization group, with an authority of its own.',
      body: newGroupSchema,
      result: groupSchema,
      status: 201,
      scope: 'own',
      handler: async ({ body, actor }) =>
        presentGroup(await groups.add(body.name, await placeOf(groups, body.parent, actor))),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group',
      policy: 'organization-groups:read',
      says: 'Shows an organization group, by id or by a name that only one has.',
      params: groupParams,
      result: groupSchema,
      handler: async ({ params, actor }) => presentGroup(await visibleGroup(groups, params.group, actor)),
    }),
  ]
}
