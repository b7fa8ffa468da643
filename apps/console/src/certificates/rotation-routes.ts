/**
 * @module
 */
import type { Store } from '@sallygate/store'
import { z } from 'zod'
import type { Consent } from '../admins/consent.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { presentEnded, presentRotation } from './rotation-presenter.ts'
import { endedRotationSchema, regenerateSchema, revokeNowSchema, rotationSchema } from './rotation-schema.ts'
import type { Rotations } from './rotations.ts'

export interface RotationRouteParts {
  readonly store: Store
  readonly groups: OrganizationGroups
  readonly rotations: Rotations
  readonly admins: { readonly consent: Consent }
}

const minuteMs = 60_000

export function rotationRoutes({ store, groups, rotations, admins }: RotationRouteParts): readonly Route[] {
  const shown = async (rotation: Parameters<Rotations['progress']>[0]) =>
    presentRotation(rotation, await rotations.progress(rotation))
  return [
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/certificates/regenerate',
      policy: 'certificates:edit',
      says: 'Replaces the keys of a group while everything goes on: the new ones are announced, sign when every attached connector knows them, and the old ones end with the grace. Administrators give what the group’s restricted actions ask for.',
      params: groupParams,
      body: regenerateSchema,
      result: rotationSchema,
      handler: async ({ params, body, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        await admins.consent.require(actor, body, 'regenerateCertificates', group)
        const { scope, graceMinutes } = body
        const order = { group, scope, startedBy: actor.name, graceMs: graceMinutes * minuteMs }
        return shown(await rotations.regenerate(order))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/certificates/revoke-now',
      policy: 'certificates:edit',
      says: 'Distrusts the keys of a group at once and makes new ones, for when a key may be stolen. Calls wait for seconds until the connectors have learned of it; installers made before are worth nothing. Administrators give what the group’s restricted actions ask for.',
      params: groupParams,
      body: revokeNowSchema,
      result: rotationSchema,
      handler: async ({ params, body, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        await admins.consent.require(actor, body, 'revokeKeys', group)
        const order = { group, startedBy: actor.name, graceMs: body.graceMinutes * minuteMs }
        return shown(await rotations.revokeNow(order))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/certificates/rotation',
      policy: 'certificates:read',
      says: 'Shows how far the replacement of keys has come, connector by connector; when none is under way, nothing.',
      params: groupParams,
      result: z.strictObject({ rotation: rotationSchema.optional() }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const running = rotations.running(id)
        return running === undefined ? {} : { rotation: await shown(running) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/certificates/rotations',
      policy: 'certificates:read',
      says: 'Lists the latest fifty replacements of keys of a group, that which is under way among them.',
      params: groupParams,
      pages: { of: 'rotations', by: ['startedAt', 'id'] },
      result: z.strictObject({ rotations: z.array(endedRotationSchema) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return { rotations: (await store.rotations.list(id)).map(presentEnded) }
      },
    }),
  ]
}
