/**
 * Other inventories, as screens ask for them.
 *
 * @module
 */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { AgentSecret, MdmSource } from '../api/source-shapes.ts'
import { may, useSession } from '../shell/session.ts'

export const sourcesQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'sources'],
    queryFn: async ({ signal }) =>
      (await ask<{ sources: readonly MdmSource[] }>('GET', path`/api/groups/${group}/sources`, { signal })).sources,
    refetchInterval: 5000,
  })

export const agentSecretsQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'agent-secrets'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ agentSecrets: readonly AgentSecret[] }>('GET', path`/api/groups/${group}/agent-secrets`, {
          signal,
        })
      ).agentSecrets,
  })

/** What the sources of a group are called, as the inventory refers to them. */
export function useSourceNames(group: string | undefined): ReadonlyMap<string, string> {
  const session = useSession()
  const sources = useQuery({
    ...sourcesQuery(group ?? ''),
    enabled: group !== undefined && may(session, 'sources:read'),
    refetchInterval: false,
  })
  return new Map(sources.data?.map(({ source, name }) => [source, name]))
}
