/**
 * Compliance policies, as screens ask for them.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Policy, PolicyContent, PolicyPreview } from '../api/policy-shapes.ts'

export const policiesQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'policies'],
    queryFn: async ({ signal }) =>
      (await ask<{ policies: readonly Policy[] }>('GET', path`/api/groups/${group}/policies`, { signal })).policies,
  })

export const askPreview = (group: string, policy: PolicyContent, replaces: string | undefined) =>
  ask<PolicyPreview>('POST', path`/api/groups/${group}/policies/preview`, {
    body: { policy, ...(replaces === undefined ? {} : { replaces }) },
  })
