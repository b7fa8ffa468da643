/**
 * Settings pages of a group, as they hold there.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { ChildPermission, PageSummary, SettingsPage } from '../api/service-shapes.ts'
import type { Values } from './page-values.ts'

export const settingsPagesQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'settings'],
    queryFn: async ({ signal }) =>
      (await ask<{ pages: readonly PageSummary[] }>('GET', path`/api/groups/${group}/settings`, { signal })).pages,
  })

/** Asked again and again: which connectors run on it changes by itself. */
export const settingsPageQuery = (group: string, page: string) =>
  queryOptions({
    queryKey: ['group', group, 'settings', page],
    queryFn: ({ signal }) => ask<SettingsPage>('GET', path`/api/groups/${group}/settings/${page}`, { signal }),
    refetchInterval: 3000,
  })

export interface SettingsChange {
  readonly mode: 'inherit' | 'override'
  readonly values?: Values
  readonly childPermission?: ChildPermission
  readonly note?: string
  readonly pin?: string
}

export type SavedPage = SettingsPage & { readonly erased: readonly string[] }

export const saveSettings = (group: string, page: string, change: SettingsChange) =>
  ask<SavedPage>('PUT', path`/api/groups/${group}/settings/${page}`, { body: change })
