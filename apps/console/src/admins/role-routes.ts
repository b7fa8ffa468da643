/**
 * @module
 */
import { z } from 'zod'
import { rights, type Right } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { placeOf } from '../organization-groups/policy.ts'
import { newRoleSchema, roleChangeSchema, roleParams, roleSchema } from './account-schema.ts'
import type { RoleBook, ShownRole } from './roles.ts'

export interface RoleRouteParts {
  readonly groups: OrganizationGroups
  readonly admins: { readonly roles: RoleBook }
}

export function roleRoutes(parts: RoleRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/roles',
      policy: 'roles:read',
      scope: 'own',
      says: 'Lists the roles there are, and every right a role can have.',
      pages: { of: 'roles', by: ['name', 'id'] },
      result: z.strictObject({ roles: z.array(roleSchema), resources: z.array(z.string()) }),
      handler: async ({ actor }) => ({
        roles: (await parts.admins.roles.list(actor)).map(present),
        resources: [...rights],
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/roles',
      policy: 'roles:edit',
      scope: 'own',
      says: 'Makes a role from rights that whoever makes it has.',
      body: newRoleSchema,
      result: roleSchema,
      status: 201,
      handler: async ({ body, actor }) => {
        const group = await placeOf(parts.groups, body.group, actor)
        return present(
          await parts.admins.roles.add(actor, { name: body.name, group, rights: body.resources as Right[] }),
        )
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/roles/:role',
      policy: 'roles:edit',
      scope: 'own',
      says: 'Gives a role other rights; who has the role has them at once.',
      params: roleParams,
      body: roleChangeSchema,
      result: roleSchema,
      handler: async ({ params, body, actor }) =>
        present(await parts.admins.roles.change(actor, params.role, body.resources as Right[])),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/roles/:role',
      policy: 'roles:edit',
      scope: 'own',
      says: 'Removes a role, also from everybody who has it.',
      params: roleParams,
      result: z.strictObject({}),
      handler: async ({ params, actor }) => {
        await parts.admins.roles.remove(actor, params.role)
        return {}
      },
    }),
  ]
}

function present({ id, name, says, isBuiltIn, group, rights: words }: ShownRole): z.infer<typeof roleSchema> {
  return { id, name, says, isBuiltIn, ...(group === undefined ? {} : { group }), resources: [...words] }
}
