/**
 * Secrets of inventory agents, over the API.
 *
 * @module
 */
import { z } from 'zod'
import type { AgentSecret, AgentSecrets } from '@sallygate/store'
import type { Clock } from '@sallygate/base/clock'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'

export interface AgentSecretRouteParts {
  readonly groups: OrganizationGroups
  readonly store: { readonly agentSecrets: AgentSecrets }
  readonly clock: Clock
}

const shown = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  revokedAt: z.string().optional(),
  lastUsedAt: z.string().optional(),
  lastAgent: z.string().optional(),
})

const dayMs = 86_400_000

export function agentSecretRoutes({ groups, store, clock }: AgentSecretRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/agent-secrets',
      policy: 'sources:read',
      says: 'Secrets of inventory agents (FusionInventory, GLPI, OCS) of the group, also ended ones, and what used them last.',
      params: groupParams,
      result: z.object({ agentSecrets: z.array(shown) }),
      pages: { of: 'agentSecrets', by: ['createdAt', 'id'] },
      handler: async ({ params, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        return { agentSecrets: (await store.agentSecrets.list(group.id)).map(present) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/agent-secrets',
      policy: 'sources:edit',
      says: 'Makes a secret for inventory agents of the group. It is shown in this answer and never again; agents send it as the password of Basic, or have it in their address.',
      params: groupParams,
      body: z.strictObject({ name: z.string().min(1).max(100), days: z.number().int().min(1).max(3660).optional() }),
      result: shown.extend({ secret: z.string(), path: z.string() }),
      status: 201,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const expiresAt = body.days === undefined ? undefined : new Date(clock.now().getTime() + body.days * dayMs)
        const made = await store.agentSecrets.add({ group: group.id, name: body.name, expiresAt })
        return { ...present(made.agentSecret), secret: made.secret.reveal(), path: '/inventory' }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/agent-secrets/:secret/revoke',
      policy: 'sources:edit',
      says: 'Ends a secret of inventory agents for good. Devices that were reported with it stay.',
      params: groupParams.extend({ secret: z.string().min(1).max(64) }),
      result: z.object({ revoked: z.literal(true) }),
      handler: async ({ params, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        if (!(await store.agentSecrets.revoke(group.id, params.secret))) throw consoleFailure('NOT_FOUND')
        return { revoked: true as const }
      },
    }),
  ]
}

function present(secret: AgentSecret): z.input<typeof shown> {
  const { expiresAt, revokedAt, lastUsedAt, lastAgent } = secret
  return {
    id: secret.id,
    name: secret.name,
    createdAt: secret.createdAt.toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
    ...(revokedAt === undefined ? {} : { revokedAt: revokedAt.toISOString() }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
    ...(lastAgent === undefined ? {} : { lastAgent }),
  }
}
