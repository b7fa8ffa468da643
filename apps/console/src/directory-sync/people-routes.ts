/**
 * People and groups of a directory over the API: as they are stored here. No list asks a directory.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { hasFlag } from '@sallygate/domain'
import { searchKey, type ListedObject, type ObjectPage, type Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import { readPlace, writePlace } from '../http/place-cursor.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { presentGroup, presentMember, presentMembership, presentUser } from './people-presenter.ts'
import { stateOf } from './run-detail.ts'
import {
  directoryGroupParams,
  directoryGroupSchema,
  groupsSchema,
  listQuery,
  membersQuery,
  membersSchema,
  syncParams,
  userParams,
  userSchema,
  usersSchema,
} from './schema.ts'

export interface PeopleRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly groups: OrganizationGroups
}

/** Of one object; a person in more groups than this is a test of somebody's patience. */
const mostGroups = 1000
const order = 'name'

interface Page {
  readonly limit: number
  readonly cursor?: string | undefined
}

export function directoryPeopleRoutes({ store, clock, groups }: PeopleRouteParts): readonly Route[] {
  const path = '/api/groups/:group/directory'
  /** What a first run has read so far is nobody's to see. */
  const scopeOf = async (group: string) => {
    const found = await store.directoryRuns.findScope(group)
    return found !== undefined && stateOf(found.state).hasSynced === true ? found.scope : undefined
  }

  /** One more than a page has is asked for, to know whether there is another. */
  const pageOf = async <R extends ListedObject>(
    { limit, cursor }: Page,
    read: (page: ObjectPage) => Promise<readonly R[]>,
  ) => {
    const place = readPlace(cursor, order, false)
    const after = place === undefined ? undefined : { value: String(place.value), id: place.id }
    const found = await read({ limit: limit + 1, after })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const next = last && { value: last.nameKey, id: String(last.number) }
    return { items, ...(found.length > limit && next ? { nextCursor: writePlace(next, order, false) } : {}) }
  }
  const list = async (
    group: string,
    kind: 'user' | 'group',
    { search, ...page }: Page & { search?: string | undefined },
  ) => {
    const scope = await scopeOf(group)
    if (scope === undefined) return { items: [] }
    const wanted = search === undefined ? undefined : searchKey(search)
    return pageOf(page, (asked) => store.directoryObjects.list(scope, { kind, search: wanted }, asked))
  }
  const find = async (group: string, kind: 'user' | 'group', id: string) => {
    const scope = await scopeOf(group)
    const object = scope === undefined ? undefined : await store.directoryObjects.find(scope, kind, id)
    if (scope === undefined || object === undefined) throw consoleFailure('NOT_FOUND')
    return { scope, object }
  }
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/users`,
      policy: 'directory:read',
      says: 'Lists the users that were synchronized, by name; each word of `search` begins a word of the name, the login or the mail address.',
      params: syncParams,
      query: listQuery,
      result: usersSchema,
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { items, ...more } = await list(id, 'user', query)
        const nowMs = clock.now().getTime()
        return { users: items.map((row) => presentUser(row, nowMs)), ...more }
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/users/:user`,
      policy: 'directory:read',
      says: 'Shows a user with all fields, and every group: those it is in itself, and those by way of others.',
      params: userParams,
      result: userSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { scope, object } = await find(id, 'user', params.user)
        const inGroups = await store.directoryObjects.groupsOf(object, scope, mostGroups + 1)
        return {
          ...presentUser(object, clock.now().getTime()),
          fields: JSON.parse(object.fields) as Record<string, string[]>,
          mustChangePassword: hasFlag(object.flags, 'mustChangePassword'),
          ...(object.expiresAt === null ? {} : { expiresAt: new Date(object.expiresAt).toISOString() }),
          syncedAt: new Date(object.syncedAt).toISOString(),
          groups: inGroups.slice(0, mostGroups).map(presentMembership),
          groupsCut: inGroups.length > mostGroups,
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/groups`,
      policy: 'directory:read',
      says: 'Lists the groups of the directory that were synchronized, by name.',
      params: syncParams,
      query: listQuery,
      result: groupsSchema,
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { items, ...more } = await list(id, 'group', query)
        return { groups: items.map(presentGroup), ...more }
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/groups/:directoryGroup`,
      policy: 'directory:read',
      says: 'Shows a group of the directory, how many are in it, and what it is in.',
      params: directoryGroupParams,
      result: directoryGroupSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { scope, object } = await find(id, 'group', params.directoryGroup)
        const [counts, above] = await Promise.all([
          store.directoryObjects.memberCounts(object, scope),
          store.directoryObjects.groupsOf(object, scope, mostGroups + 1),
        ])
        const fields = JSON.parse(object.fields) as Record<string, string[]>
        const description = fields['description']?.[0]
        return {
          ...presentGroup(object),
          ...(description === undefined ? {} : { description }),
          fields,
          syncedAt: new Date(object.syncedAt).toISOString(),
          directMembers: counts.direct,
          unknownMembers: counts.loose,
          memberOf: above.slice(0, mostGroups).map(presentMembership),
          memberOfCut: above.length > mostGroups,
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/groups/:directoryGroup/members`,
      policy: 'directory:read',
      says: 'Lists who is in a group of the directory: itself, or also by way of groups in it.',
      params: directoryGroupParams,
      query: membersQuery,
      result: membersSchema,
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { scope, object } = await find(id, 'group', params.directoryGroup)
        const { of, ...page } = query
        const read = (asked: ObjectPage) => store.directoryObjects.members(object, scope, of === 'transitive', asked)
        const { items, ...more } = await pageOf(page, read)
        return { members: items.map(presentMember), ...more }
      },
    }),
  ]
}
