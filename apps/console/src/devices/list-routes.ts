/**
 * Lists of devices over the API: a page, counts, a spreadsheet, and what can be asked for.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { deviceStates, factNames, factTable, severities } from '@sallygate/domain'
import { deviceSorts, placeOf, type ListedDevice, type Store } from '@sallygate/store'
import { z } from 'zod'
import { csvOf } from '../http/csv.ts'
import { readPlace, writePlace } from '../http/place-cursor.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { groupReference } from '../organization-groups/schema.ts'
import { facetsOf, randomMacsOf } from './facets.ts'
import { filterOf } from './policy.ts'
import { cellsOf, presentListed } from './presenter.ts'
import {
  catalogueSchema,
  columns,
  csvQuery,
  deviceListSchema,
  facetQuery,
  facetsSchema,
  listQuery,
  randomMacSchema,
} from './schema.ts'

export interface DeviceListParts {
  readonly store: Store
  readonly clock: Clock
  readonly groups: OrganizationGroups
}

/** A spreadsheet does not hold more, and it is made in memory. */
const mostCsvRows = 100_000

export function deviceListRoutes({ store, groups, clock }: DeviceListParts): readonly Route[] {
  const nowMs = () => clock.now().getTime()
  const namesOf = async () => new Map((await groups.list()).map(({ id, name }) => [id, name]))
  return [
    defineRoute({
      method: 'GET',
      path: '/api/devices',
      policy: 'devices:read',
      scope: 'own',
      says: 'Lists devices of the groups the caller sees: searched, filtered and sorted by the console, a page at a time.',
      query: listQuery,
      result: deviceListSchema,
      handler: async ({ query, actor }) => {
        const { limit, cursor, sort, descending, ...filters } = query
        const filter = await filterOf(groups, filters, actor, nowMs())
        const after = readPlace(cursor, sort, descending)
        const found = await store.deviceList.page(filter, { limit: limit + 1, sort, isDescending: descending, after })
        const items = found.slice(0, limit)
        const last = items.at(-1)
        const names = await namesOf()
        return {
          devices: items.map((row) => presentListed(row, names)),
          ...(found.length > items.length && last !== undefined
            ? { nextCursor: writePlace(placeOf(last, sort), sort, descending) }
            : {}),
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/devices/facets',
      policy: 'devices:read',
      scope: 'own',
      says: 'Counts the devices that fit, by state, compliance, platform, ownership and group; each without its own part of the filter.',
      query: facetQuery,
      result: facetsSchema,
      handler: async ({ query, actor }) =>
        facetsOf(store, await filterOf(groups, query, actor, nowMs()), await namesOf()),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/devices/csv',
      policy: 'devices:read',
      scope: 'own',
      says: 'The devices that fit, as CSV for spreadsheets, at most 100,000. What nobody can tell is `unknown`.',
      query: csvQuery,
      result: z.string(),
      produces: 'csv',
      handler: async ({ query, actor, signal }) => {
        const { sort, descending, columns: asked, ...filters } = query
        const filter = await filterOf(groups, filters, actor, nowMs())
        const wanted = (asked ?? columns) as typeof columns
        const names = await namesOf()
        const rows: (readonly string[])[] = []
        for (let last: ListedDevice | undefined; rows.length < mostCsvRows && !signal.aborted;) {
          const after = last && placeOf(last, sort)
          const page = await store.deviceList.page(filter, { limit: 1000, sort, isDescending: descending, after })
          rows.push(...page.map((row) => cellsOf(presentListed(row, names), wanted)))
          last = page.at(-1)
          if (page.length < 1000) break
        }
        return csvOf(wanted, rows)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/devices/randomized-macs',
      policy: 'devices:read',
      scope: 'own',
      says: 'Counts, by platform, the enrolled devices with addresses that software made up: network access control does not find them again by those.',
      query: z.strictObject({ group: groupReference.optional() }),
      result: randomMacSchema,
      handler: async ({ query, actor }) => randomMacsOf(store, await filterOf(groups, query, actor, nowMs())),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/devices/catalogue',
      policy: 'devices:read',
      scope: 'own',
      says: 'Lists every fact that can be known of a device, and the columns of lists.',
      result: catalogueSchema,
      handler: () => ({
        facts: factNames.map((name) => ({ name, kind: factTable[name].kind, says: factTable[name].says })),
        severities: [...severities],
        states: [...deviceStates],
        columns: [...columns],
        sorts: Object.keys(deviceSorts),
      }),
    }),
  ]
}
