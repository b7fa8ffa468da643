/**
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { placeOf } from '../organization-groups/policy.ts'
import {
  adminChangeSchema,
  adminParams,
  adminResetSchema,
  adminRoleParams,
  adminSchema,
  assignmentSchema,
  newAdminSchema,
  withdrawQuery,
} from './account-schema.ts'
import type { Accounts, ShownAccount } from './accounts.ts'
import { consentSchema, type Consent } from './consent.ts'

export interface AccountRouteParts {
  readonly clock: Clock
  readonly groups: OrganizationGroups
  readonly admins: { readonly accounts: Accounts; readonly consent: Consent }
}

export function accountRoutes(parts: AccountRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/admins',
      policy: 'admins:read',
      scope: 'own',
      says: 'Lists the administrators of the groups the caller sees.',
      pages: { of: 'admins', by: ['name', 'id'] },
      result: z.strictObject({ admins: z.array(adminSchema) }),
      handler: async ({ actor }) => ({ admins: (await parts.admins.accounts.list(actor)).map(present) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/admins',
      policy: 'admins:edit',
      scope: 'own',
      says: 'Makes an administrator with a role that gives no more than the caller has.',
      body: newAdminSchema,
      result: adminSchema,
      status: 201,
      handler: async ({ body, actor }) => {
        const { name, kind, role } = body
        if ((body.password === undefined) !== (kind === 'directory')) {
          const details = { field: 'password', expected: 'one for a local account, none for a directory account' }
          throw consoleFailure('INVALID_REQUEST', { details })
        }
        const group = await placeOf(parts.groups, body.group, actor)
        const password = body.password === undefined ? undefined : new Secret(body.password)
        const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt)
        return present(await parts.admins.accounts.add(actor, { name, kind, role, group, password, expiresAt }))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/admins/:admin',
      policy: 'admins:read',
      scope: 'own',
      says: 'Shows an administrator, by id or name.',
      params: adminParams,
      result: adminSchema,
      handler: async ({ params, actor }) => present(await parts.admins.accounts.find(actor, params.admin)),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/admins/:admin',
      policy: 'admins:edit',
      scope: 'own',
      says: 'Disables an account or enables it again, and sets when it expires. A disabled one is signed out at once.',
      params: adminParams,
      body: adminChangeSchema,
      result: adminSchema,
      handler: async ({ params, body, actor }) => {
        const { isDisabled, expiresAt } = body
        const change = {
          ...(isDisabled === undefined ? {} : { disabledAt: isDisabled ? parts.clock.now() : undefined }),
          ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? undefined : new Date(expiresAt) }),
        }
        return present(await parts.admins.accounts.change(actor, params.admin, change))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/admins/:admin/remove',
      policy: 'admins:edit',
      scope: 'own',
      says: 'Removes an administrator for good. An administrator who asks for it gives what the restricted actions of the account’s group ask for.',
      params: adminParams,
      body: consentSchema,
      result: z.strictObject({}),
      handler: async ({ params, body, actor }) => {
        const { account } = await parts.admins.accounts.find(actor, params.admin)
        await parts.admins.consent.require(actor, body, 'removeAdministrator', account.group)
        await parts.admins.accounts.remove(actor, params.admin)
        return {}
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/admins/:admin/reset',
      policy: 'admins:edit',
      scope: 'own',
      says: 'Signs an administrator out everywhere; sets a new password, or takes the second factor or the PIN away.',
      params: adminParams,
      body: adminResetSchema,
      result: adminSchema,
      handler: async ({ params, body, actor }) => {
        const { clearTotp, clearPin } = body
        const password = body.password === undefined ? undefined : new Secret(body.password)
        return present(await parts.admins.accounts.reset(actor, params.admin, { password, clearTotp, clearPin }))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/admins/:admin/roles',
      policy: 'admins:edit',
      scope: 'own',
      says: 'Gives an administrator a role in a group and below, or over the whole installation.',
      params: adminParams,
      body: assignmentSchema,
      result: adminSchema,
      handler: async ({ params, body, actor }) => {
        const { accounts } = parts.admins
        await accounts.find(actor, params.admin)
        const group = await placeOf(parts.groups, body.group, actor)
        return present(await accounts.assign(actor, params.admin, body.role, group))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/admins/:admin/roles/:role',
      policy: 'admins:edit',
      scope: 'own',
      says: 'Takes a role away again; `group` is where it was given.',
      params: adminRoleParams,
      query: withdrawQuery,
      result: adminSchema,
      handler: async ({ params, query, actor }) => {
        const { accounts } = parts.admins
        await accounts.find(actor, params.admin)
        const group = await placeOf(parts.groups, query.group, actor)
        return present(await accounts.withdraw(actor, params.admin, params.role, group))
      },
    }),
  ]
}

function present({ admin, account, assignments }: ShownAccount): z.infer<typeof adminSchema> {
  const inGroup = (group: string | undefined) => (group === undefined ? {} : { group })
  return {
    id: admin.id,
    name: admin.name,
    kind: account.kind,
    ...inGroup(account.group),
    createdAt: admin.createdAt.toISOString(),
    isDisabled: account.disabledAt !== undefined,
    ...(account.expiresAt === undefined ? {} : { expiresAt: account.expiresAt.toISOString() }),
    hasTotp: account.hasTotp,
    hasPin: account.pinHash !== undefined,
    roles: assignments.map(({ role, group }) => ({ role, ...inGroup(group) })),
  }
}
