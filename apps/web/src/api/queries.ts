/**
 * What a screen may ask, each with how long the answer stays true.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path, withQuery } from './client.ts'
import { problemOf } from './problem.ts'
import type { ChainVerdict, Connector, Group, LoggedRequest, Relay, Setup, Status } from './shapes.ts'
import type { Service } from './service-shapes.ts'
import type { Session } from './access-shapes.ts'

/** Fast enough to watch a connector come, slow enough for twenty open pages. */
const liveMs = 3000

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => ask<Setup>('GET', path`/api/setup`, { signal }),
})

/** `null`: nobody is signed in. That is asked first, for a browser complains about every refusal. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ client, signal }): Promise<Session | null> => {
    if (!(await client.fetchQuery(setupQuery)).isSignedIn) return null
    try {
      return await ask<Session>('GET', path`/api/session`, { signal })
    } catch (error) {
      if (problemOf(error).status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => ask<Status>('GET', path`/api/status`, { signal }),
  refetchInterval: liveMs,
})

export const relayQuery = queryOptions({
  queryKey: ['relay'],
  queryFn: ({ signal }) => ask<Relay>('GET', path`/api/relay`, { signal }),
  refetchInterval: liveMs,
})

export const groupsQuery = queryOptions({
  queryKey: ['groups'],
  queryFn: async ({ signal }) => (await ask<{ groups: readonly Group[] }>('GET', path`/api/groups`, { signal })).groups,
  staleTime: 30_000,
})

export const connectorsQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'connectors'],
    queryFn: async ({ signal }) =>
      (await ask<{ connectors: readonly Connector[] }>('GET', path`/api/groups/${group}/connectors`, { signal }))
        .connectors,
    refetchInterval: liveMs,
  })

export const connectorQuery = (group: string, connector: string) =>
  queryOptions({
    queryKey: ['group', group, 'connectors', connector],
    queryFn: ({ signal }) => ask<Connector>('GET', path`/api/groups/${group}/connectors/${connector}`, { signal }),
    refetchInterval: liveMs,
  })

export const servicesQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'services'],
    queryFn: async ({ signal }) =>
      (await ask<{ services: readonly Service[] }>('GET', path`/api/groups/${group}/services`, { signal })).services,
    refetchInterval: liveMs,
  })

export const requestsQuery = (group: string, limit: number) =>
  queryOptions({
    queryKey: ['group', group, 'requests', limit],
    queryFn: async ({ signal }) =>
      (
        await ask<{ requests: readonly LoggedRequest[] }>(
          'GET',
          withQuery(path`/api/groups/${group}/requests`, { limit: String(limit) }),
          { signal },
        )
      ).requests,
    refetchInterval: liveMs,
  })

export const askVerify = () => ask<ChainVerdict>('GET', path`/api/requests/verify`)
