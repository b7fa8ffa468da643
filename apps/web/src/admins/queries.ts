/**
 * Administrators, roles and API keys, as screens ask for them.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Admin, ApiKey, Role } from '../api/access-shapes.ts'

export const adminsQuery = queryOptions({
  queryKey: ['admins'],
  queryFn: async ({ signal }) => (await ask<{ admins: readonly Admin[] }>('GET', path`/api/admins`, { signal })).admins,
})

export const adminQuery = (admin: string) =>
  queryOptions({
    queryKey: ['admins', admin],
    queryFn: ({ signal }) => ask<Admin>('GET', path`/api/admins/${admin}`, { signal }),
  })

export interface Roles {
  readonly roles: readonly Role[]
  /** Every right there is. */
  readonly resources: readonly string[]
}

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => ask<Roles>('GET', path`/api/roles`, { signal }),
})

export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: async ({ signal }) => (await ask<{ keys: readonly ApiKey[] }>('GET', path`/api/api-keys`, { signal })).keys,
})
