/**
 * The sync of a directory over the API: how it stands, its runs, and what each did.
 *
 * @module
 */
import type { Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import { consentSchema, type Consent } from '../admins/consent.ts'
import { pageByNumber, readNumberCursor } from '../http/paging.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { presentChange, presentRun, presentSync } from './presenter.ts'
import type { SyncRules } from './rules.ts'
import {
  changesQuery,
  changesSchema,
  runParams,
  runSchema,
  runsQuery,
  runsSchema,
  startSchema,
  syncParams,
  syncSchema,
} from './schema.ts'
import type { DirectorySyncs } from './syncs.ts'

export interface SyncRouteParts {
  readonly store: Store
  readonly groups: OrganizationGroups
  readonly admins: { readonly consent: Consent }
  readonly directorySync: { readonly syncs: DirectorySyncs; readonly rules: SyncRules }
}

export function directorySyncRoutes(parts: SyncRouteParts): readonly Route[] {
  const { store, groups, admins, directorySync } = parts
  const path = '/api/groups/:group/directory/sync'
  const runOf = async (group: string, id: string) => {
    const run = await store.directoryRuns.find(group, id)
    if (run === undefined) throw consoleFailure('NOT_FOUND')
    return run
  }
  const show = async (group: string, id: string) => {
    const run = await runOf(group, id)
    return presentRun(run, run.state === 'running' ? directorySync.syncs.underwayOf(group) : undefined)
  }
  return [
    defineRoute({
      method: 'GET',
      path,
      policy: 'directory:read',
      says: 'Shows the sync of a group: the settings in force, the last run, the next one, and what is under way or waits for somebody.',
      params: syncParams,
      result: syncSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return presentSync({ store, ...directorySync }, id)
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/runs`,
      policy: 'directory:edit',
      says: 'Starts a preview, which changes nothing, or a run. The first run of all wants a preview that is then released, or `withoutPreview`.',
      params: syncParams,
      body: startSchema,
      result: runSchema,
      status: 201,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const run = await directorySync.syncs.begin(id, { ...body, startedBy: 'person' })
        return show(id, run.id)
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/runs`,
      policy: 'directory:read',
      says: 'Lists the runs of a group, newest first.',
      params: syncParams,
      query: runsQuery,
      result: runsSchema,
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const before = readNumberCursor(query.cursor)
        const found = await store.directoryRuns.list(id, { before, limit: query.limit + 1 })
        const { items, ...more } = pageByNumber(found, ({ number }) => number, query.limit)
        const underway = directorySync.syncs.underwayOf(id)
        return { runs: items.map((run) => presentRun(run, run.state === 'running' ? underway : undefined)), ...more }
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/runs/:run`,
      policy: 'directory:read',
      says: 'Shows a run: how far it is, what it changed or would change, and why it is held.',
      params: runParams,
      result: runSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return show(id, params.run)
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/runs/:run/changes`,
      policy: 'directory:read',
      says: 'Lists what a run did, or would do, object by object: added, changed, moved, disabled, enabled, removed, or not usable.',
      params: runParams,
      query: changesQuery,
      result: changesSchema,
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { run } = await runOf(id, params.run)
        const { limit, cursor, change, kind } = query
        const after = readNumberCursor(cursor) ?? 0
        const found = await store.directoryReports.changes(run, { after, limit: limit + 1, change, kind })
        const { items, ...more } = pageByNumber(found, ({ number }) => number, limit)
        return { changes: items.map(presentChange), ...more }
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/runs/:run/release`,
      policy: 'directory:edit',
      says: 'Puts into force what a safeguard holds or a preview shows, this once, whatever it removes.',
      params: runParams,
      body: consentSchema,
      result: runSchema,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        await runOf(id, params.run)
        await admins.consent.demand(actor, body, 'note')
        await directorySync.syncs.release(id, params.run)
        return show(id, params.run)
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/runs/:run/stop`,
      policy: 'directory:edit',
      says: 'Stops a run, or gives up one that waits for somebody. What was in force stays; one that is coming into force is not stopped.',
      params: runParams,
      result: runSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        await directorySync.syncs.stopRun(id, params.run)
        return show(id, params.run)
      },
    }),
  ]
}
