/**
 * Devices, as screens ask for them.
 *
 * @module
 */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  Device,
  DeviceCatalogue,
  DeviceFacets,
  DeviceHistoryRow,
  ListedDevice,
  RandomMacs,
} from '../api/device-shapes.ts'
import type { DeviceCode, DeviceCommand } from '../api/command-shapes.ts'
import { ask, path, withQuery, type ApiPath } from '../api/client.ts'
import { filterQuery, orderQuery, type DeviceSearch } from './device-filter.ts'

export interface DevicePage {
  readonly devices: readonly ListedDevice[]
  readonly nextCursor?: string
}

export const devicesAtOnce = 50

/** One page, after a cursor. What was there stays until the next page is here. */
export const devicesQuery = (group: string, search: DeviceSearch, cursor: string) =>
  queryOptions({
    queryKey: ['devices', 'list', group, search, cursor],
    queryFn: ({ signal }) =>
      ask<DevicePage>(
        'GET',
        withQuery(path`/api/devices`, {
          ...filterQuery(group, search),
          ...orderQuery(search),
          limit: String(devicesAtOnce),
          cursor,
        }),
        { signal },
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })

export const facetsQuery = (group: string, search: DeviceSearch) =>
  queryOptions({
    queryKey: ['devices', 'facets', group, filterQuery(group, search)],
    queryFn: ({ signal }) =>
      ask<DeviceFacets>('GET', withQuery(path`/api/devices/facets`, filterQuery(group, search)), { signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

export function csvAddress(group: string, search: DeviceSearch, columns: readonly string[]): ApiPath {
  return withQuery(path`/api/devices/csv`, {
    ...filterQuery(group, search),
    ...orderQuery(search),
    columns: columns.join(','),
  })
}

export const deviceQuery = (device: string) =>
  queryOptions({
    queryKey: ['devices', 'one', device],
    queryFn: ({ signal }) => ask<Device>('GET', path`/api/devices/${device}`, { signal }),
    refetchInterval: 5000,
  })

export const deviceCommandsQuery = (device: string) =>
  queryOptions({
    queryKey: ['devices', 'one', device, 'commands'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ commands: readonly DeviceCommand[] }>(
          'GET',
          withQuery(path`/api/devices/${device}/commands`, { limit: '50' }),
          { signal },
        )
      ).commands,
    refetchInterval: 5000,
  })

export const deviceHistoryQuery = (device: string) =>
  queryOptions({
    queryKey: ['devices', 'one', device, 'history'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ history: readonly DeviceHistoryRow[] }>(
          'GET',
          withQuery(path`/api/devices/${device}/history`, { limit: '100' }),
          { signal },
        )
      ).history,
  })

/** It changes with the console only. */
export const catalogueQuery = queryOptions({
  queryKey: ['devices', 'catalogue'],
  queryFn: ({ signal }) => ask<DeviceCatalogue>('GET', path`/api/devices/catalogue`, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

export const randomMacsQuery = queryOptions({
  queryKey: ['devices', 'random-macs'],
  queryFn: ({ signal }) => ask<RandomMacs>('GET', path`/api/devices/randomized-macs`, { signal }),
})

export const deviceCodesQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'device-codes'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ codes: readonly DeviceCode[] }>('GET', path`/api/groups/${group}/device-enrollment-codes`, {
          signal,
        })
      ).codes,
    refetchInterval: 10_000,
  })
