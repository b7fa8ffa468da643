/**
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import { nacActions, type NacAccount } from '@sallygate/domain'
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { placeOf } from '../organization-groups/policy.ts'
import { groupReference } from '../organization-groups/schema.ts'
import type { MadeAccount, NacAccounts } from './accounts.ts'

export interface NacAccountRouteParts {
  readonly groups: OrganizationGroups
  readonly nac: { readonly accounts: NacAccounts }
}

const accountParams = z.strictObject({ account: z.string().min(1).max(256) })
const when = z.iso.datetime()
const source = z
  .string()
  .max(64)
  .regex(/^[0-9a-fA-F.:]+(?:\/\d{1,3})?$/, 'an address, or a network such as 192.0.2.0/24')
const fields = {
  right: z.enum(['read', 'edit']),
  sources: z.array(source).max(64),
  certificates: z.array(z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 thumbprint, lower-case hex')).max(16),
  actions: z.array(z.enum(nacActions)).max(3),
  messages: z.boolean(),
  disabled: z.boolean(),
}
const secretText = z.string().min(1).max(1024)

const accountSchema = z.strictObject({
  id: z.string(),
  user: z.string(),
  kind: z.enum(['basic', 'directory']),
  group: z.string().optional(),
  ...fields,
  expiresAt: when.optional(),
  /** When each of its secrets ends; an open end is the one in use. */
  secrets: z.array(z.strictObject({ id: z.string(), notAfter: when.optional() })),
})

const madeSchema = z.strictObject({ ...accountSchema.shape, secret: z.string().optional() })

export function nacAccountRoutes({ nac, groups }: NacAccountRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/nac/accounts',
      policy: 'nac:read',
      scope: 'own',
      says: 'Lists the accounts with which NACs ask nac, of the groups the caller sees.',
      pages: { of: 'accounts', by: ['user', 'id'] },
      result: z.strictObject({ accounts: z.array(accountSchema) }),
      handler: async ({ actor }) => ({ accounts: (await nac.accounts.list(actor)).map(present) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/nac/accounts',
      policy: 'nac:edit',
      scope: 'own',
      says: 'Makes an account for a NAC. A secret that was not given is made, and shown this once.',
      body: z.strictObject({
        user: z.string().min(1).max(256),
        kind: z.enum(['basic', 'directory']).default('basic'),
        group: groupReference.optional(),
        secret: secretText.optional(),
        right: fields.right.default('read'),
        sources: fields.sources.default([]),
        certificates: fields.certificates.default([]),
        actions: fields.actions.default([]),
        messages: fields.messages.default(false),
        expiresAt: when.optional(),
      }),
      result: madeSchema,
      status: 201,
      handler: async ({ body, actor }) => {
        const { expiresAt, secret, ...given } = body
        return presentMade(
          await nac.accounts.add({
            ...given,
            group: await placeOf(groups, body.group, actor),
            disabled: false,
            secret: secret === undefined ? undefined : new Secret(secret),
            expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
          }),
        )
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/nac/accounts/:account',
      policy: 'nac:edit',
      scope: 'own',
      says: 'Changes an account of nac, by id or user. What is not named stays; `expiresAt: null` takes its end away.',
      params: accountParams,
      body: z.strictObject({ ...z.strictObject(fields).partial().shape, expiresAt: when.nullable().optional() }),
      result: accountSchema,
      handler: async ({ params, body, actor }) => {
        const { expiresAt, ...given } = body
        const ends = typeof expiresAt === 'string' ? { expiresAt: new Date(expiresAt) } : { expiresAt }
        return present(await nac.accounts.change(actor, params.account, { ...definedOf(given), ...ends }))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/nac/accounts/:account/secret',
      policy: 'nac:edit',
      scope: 'own',
      says: 'Gives an account of nac a new secret. The one before stays good for the overlap, so that no NAC falls off.',
      params: accountParams,
      body: z.strictObject({
        secret: secretText.optional(),
        overlapHours: z.number().int().min(0).max(2160).default(168),
      }),
      result: madeSchema,
      handler: async ({ params, body, actor }) => {
        const secret = body.secret === undefined ? undefined : new Secret(body.secret)
        return presentMade(await nac.accounts.rotate(actor, params.account, secret, body.overlapHours * 3_600_000))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/nac/accounts/:account',
      policy: 'nac:edit',
      scope: 'own',
      says: 'Removes an account of nac. Who asks with it is refused from the next moment on.',
      params: accountParams,
      result: z.strictObject({ removed: z.literal(true) }),
      handler: async ({ params, actor }) => {
        await nac.accounts.remove(actor, params.account)
        return { removed: true as const }
      },
    }),
  ]
}

function definedOf<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never
}

function present(account: NacAccount): z.infer<typeof accountSchema> {
  const { secrets, expiresAtMs, sources, certificates, actions, ...shown } = account
  return {
    ...shown,
    sources: [...sources],
    certificates: [...certificates],
    actions: [...actions],
    ...(expiresAtMs === undefined ? {} : { expiresAt: new Date(expiresAtMs).toISOString() }),
    secrets: secrets.map(({ id, notAfterMs }) => ({
      id,
      ...(notAfterMs === undefined ? {} : { notAfter: new Date(notAfterMs).toISOString() }),
    })),
  }
}

function presentMade({ account, secret }: MadeAccount): z.infer<typeof madeSchema> {
  return { ...present(account), ...(secret === undefined ? {} : { secret: secret.reveal() }) }
}
