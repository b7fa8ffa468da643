/**
 * nac, as screens ask for it.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Nac, NacAccount, NacCertificates, NacSettings } from '../api/nac-shapes.ts'

export const nacsQuery = queryOptions({
  queryKey: ['nac', 'processes'],
  queryFn: async ({ signal }) => (await ask<{ nacs: readonly Nac[] }>('GET', path`/api/nac`, { signal })).nacs,
  refetchInterval: 5000,
})

export const nacAccountsQuery = queryOptions({
  queryKey: ['nac', 'accounts'],
  queryFn: async ({ signal }) =>
    (await ask<{ accounts: readonly NacAccount[] }>('GET', path`/api/nac/accounts`, { signal })).accounts,
})

export const nacCertificatesQuery = queryOptions({
  queryKey: ['nac', 'certificate'],
  queryFn: ({ signal }) => ask<NacCertificates>('GET', path`/api/nac/certificate`, { signal }),
})

export const nacSettingsQuery = queryOptions({
  queryKey: ['nac', 'settings'],
  queryFn: ({ signal }) => ask<NacSettings>('GET', path`/api/nac/settings`, { signal }),
})
