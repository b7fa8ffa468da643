/**
 * The sync, its people and its groups, as screens ask for them.
 *
 * Lists come a page at a time, by cursors; what was there stays until the next page is here.
 *
 * @module
 */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask, path, withQuery } from '../api/client.ts'
import type {
  DirectoryGroup,
  DirectorySync,
  DirectoryUser,
  ListedDirectoryGroup,
  ListedUser,
  Member,
  ObjectChange,
  SyncRun,
} from '../api/sync-shapes.ts'

export const atOnce = 50

export const syncQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'sync'],
    queryFn: ({ signal }) => ask<DirectorySync>('GET', path`/api/groups/${group}/directory/sync`, { signal }),
    // While it runs somebody watches.
    refetchInterval: ({ state }) => (state.data?.running === undefined ? 5000 : 1000),
  })

export const runsQuery = (group: string, cursor: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'sync', 'runs', cursor],
    queryFn: async ({ signal }) => {
      const { runs, nextCursor } = await ask<{ runs: readonly SyncRun[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/groups/${group}/directory/sync/runs`, { limit: '20', cursor }),
        { signal },
      )
      return { rows: runs, nextCursor }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 2000,
  })

export const runQuery = (group: string, run: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'sync', 'run', run],
    queryFn: ({ signal }) => ask<SyncRun>('GET', path`/api/groups/${group}/directory/sync/runs/${run}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.endedAt === undefined ? 1000 : false),
  })

export interface ChangeFilter {
  readonly change: string
  readonly kind: string
}

export const changesQuery = (group: string, run: string, { change, kind }: ChangeFilter, cursor: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'sync', 'run', run, 'changes', change, kind, cursor],
    queryFn: async ({ signal }) => {
      const { changes, nextCursor } = await ask<{ changes: readonly ObjectChange[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/groups/${group}/directory/sync/runs/${run}/changes`, {
          limit: String(atOnce),
          change,
          kind,
          cursor,
        }),
        { signal },
      )
      return { rows: changes, nextCursor }
    },
    placeholderData: keepPreviousData,
  })

export const usersQuery = (group: string, search: string, cursor: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'users', search, cursor],
    queryFn: async ({ signal }) => {
      const { users, nextCursor } = await ask<{ users: readonly ListedUser[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/groups/${group}/directory/users`, { limit: String(atOnce), search, cursor }),
        { signal },
      )
      return { rows: users, nextCursor }
    },
    placeholderData: keepPreviousData,
  })

export const userQuery = (group: string, user: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'user', user],
    queryFn: ({ signal }) => ask<DirectoryUser>('GET', path`/api/groups/${group}/directory/users/${user}`, { signal }),
  })

export const directoryGroupsQuery = (group: string, search: string, cursor: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'groups', search, cursor],
    queryFn: async ({ signal }) => {
      const { groups, nextCursor } = await ask<{ groups: readonly ListedDirectoryGroup[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/groups/${group}/directory/groups`, { limit: String(atOnce), search, cursor }),
        { signal },
      )
      return { rows: groups, nextCursor }
    },
    placeholderData: keepPreviousData,
  })

export const directoryGroupQuery = (group: string, directoryGroup: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'group', directoryGroup],
    queryFn: ({ signal }) =>
      ask<DirectoryGroup>('GET', path`/api/groups/${group}/directory/groups/${directoryGroup}`, { signal }),
  })

export const membersQuery = (group: string, directoryGroup: string, of: string, cursor: string) =>
  queryOptions({
    queryKey: ['group', group, 'directory', 'group', directoryGroup, 'members', of, cursor],
    queryFn: async ({ signal }) => {
      const { members, nextCursor } = await ask<{ members: readonly Member[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/groups/${group}/directory/groups/${directoryGroup}/members`, {
          limit: String(atOnce),
          of,
          cursor,
        }),
        { signal },
      )
      return { rows: members, nextCursor }
    },
    placeholderData: keepPreviousData,
  })
