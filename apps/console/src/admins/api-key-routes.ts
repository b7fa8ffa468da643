/**
 * @module
 */
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { placeOf } from '../organization-groups/policy.ts'
import { groupReference } from '../organization-groups/schema.ts'
import type { ApiKeyBook, ShownKey } from './api-keys.ts'

export interface ApiKeyRouteParts {
  readonly groups: OrganizationGroups
  readonly admins: { readonly apiKeys: ApiKeyBook }
}

const keyParams = z.strictObject({ key: z.string().min(1).max(1024) })
const when = z.iso.datetime()

const keySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  createdAt: when,
  expiresAt: when.optional(),
  revokedAt: when.optional(),
  role: z.string().optional(),
  group: z.string().optional(),
})

export function apiKeyRoutes(parts: ApiKeyRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/api-keys',
      policy: 'api-keys:read',
      scope: 'own',
      says: 'Lists the API keys of the groups the caller sees, also those that ended.',
      pages: { of: 'keys', by: ['name', 'id'] },
      result: z.strictObject({ keys: z.array(keySchema) }),
      handler: async ({ actor }) => ({ keys: (await parts.admins.apiKeys.list(actor)).map(present) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/api-keys',
      policy: 'api-keys:edit',
      scope: 'own',
      says: 'Makes an API key. The key itself is shown this once.',
      body: z.strictObject({
        name: z.string().min(1).max(1024),
        role: z.string().min(1).max(1024),
        group: groupReference.optional(),
        expiresAt: when.optional(),
      }),
      result: z.strictObject({ ...keySchema.shape, key: z.string() }),
      status: 201,
      handler: async ({ body, actor }) => {
        const group = await placeOf(parts.groups, body.group, actor)
        const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt)
        const { name, role } = body
        const made = await parts.admins.apiKeys.add(actor, { name, role, group, expiresAt })
        return { ...present(made), key: made.secret.reveal() }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/api-keys/:key/revoke',
      policy: 'api-keys:edit',
      scope: 'own',
      says: 'Ends an API key for good, by id or name.',
      params: keyParams,
      result: keySchema,
      handler: async ({ params, actor }) => present(await parts.admins.apiKeys.revoke(actor, params.key)),
    }),
  ]
}

function present({ key, assignments }: ShownKey): z.infer<typeof keySchema> {
  const [first] = assignments
  return {
    id: key.id,
    name: key.name,
    createdAt: key.createdAt.toISOString(),
    ...(key.expiresAt === undefined ? {} : { expiresAt: key.expiresAt.toISOString() }),
    ...(key.revokedAt === undefined ? {} : { revokedAt: key.revokedAt.toISOString() }),
    ...(first === undefined ? {} : { role: first.role }),
    ...(first?.group === undefined ? {} : { group: first.group }),
  }
}
