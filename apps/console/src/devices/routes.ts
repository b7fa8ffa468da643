/**
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { deviceStates, factNames, factTable, severities } from '@sallygate/domain'
import { deviceSorts, placeOf, type ListedDevice, type Store } from '@sallygate/store'
import { z } from 'zod'
import { givenFields, type Consent } from '../admins/consent.ts'
import { csvOf } from '../http/csv.ts'
import { optionalBody } from '../http/optional-body.ts'
import { pageByNumber, pageQuery, readNumberCursor } from '../http/paging.ts'
import { readPlace, writePlace } from '../http/place-cursor.ts'
import type { Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupReference } from '../organization-groups/schema.ts'
import type { DeviceBook } from './device-book.ts'
import { facetsOf, randomMacsOf } from './facets.ts'
import { filterOf, visibleDevice } from './policy.ts'
import { cellsOf, presentDevice, presentListed } from './presenter.ts'
import {
  catalogueSchema,
  columns,
  csvQuery,
  deviceListSchema,
  deviceParams,
  deviceSchema,
  facetQuery,
  facetsSchema,
  historySchema,
  listQuery,
  randomMacSchema,
} from './schema.ts'

export interface DeviceRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly groups: OrganizationGroups
  readonly admins: { readonly consent: Consent }
  readonly devices: { readonly book: DeviceBook }
}

/** A spreadsheet does not hold more, and it is made in memory. */
const mostCsvRows = 100_000
const consent = optionalBody(z.strictObject(givenFields))

export function deviceRoutes(parts: DeviceRouteParts): readonly Route[] {
  const { store, groups, clock } = parts
  const nowMs = () => clock.now().getTime()
  const namesOf = async () => new Map((await groups.list()).map(({ id, name }) => [id, name]))
  const show = async (id: string) => {
    const [device, credential] = await Promise.all([parts.devices.book.get(id), store.deviceCredentials.find(id)])
    return presentDevice(device, await namesOf(), credential)
  }
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
    defineRoute({
      method: 'GET',
      path: '/api/devices/:device',
      policy: 'devices:read',
      scope: 'own',
      says: 'Shows a device: every fact with its source and time, its addresses with their history, and the rules that fail.',
      params: deviceParams,
      result: deviceSchema,
      handler: async ({ params, actor }) => show((await visibleDevice(parts, params.device, actor)).id),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/devices/:device/history',
      policy: 'devices:read',
      scope: 'own',
      says: 'Lists what became of a device, newest first; the newest 200 rows are kept.',
      params: deviceParams,
      query: z.strictObject(pageQuery(100)),
      result: historySchema,
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleDevice(parts, params.device, actor)
        const { limit, cursor } = query
        const rows = await store.deviceHistory.list(id, limit + 1, readNumberCursor(cursor))
        const { items, ...more } = pageByNumber(rows, ({ number }) => number, limit)
        return {
          ...more,
          history: items.map(({ number, atMs, kind, details }) => {
            return { number, at: new Date(atMs).toISOString(), kind, details: { ...details } }
          }),
        }
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/devices/:device',
      policy: 'devices:edit',
      scope: 'own',
      says: 'Gives a device a name, `null` for the one it says itself, or moves it to another group.',
      params: deviceParams,
      body: z.strictObject({
        name: z.string().trim().min(1).max(200).nullable().optional(),
        group: groupReference.optional(),
      }),
      result: deviceSchema,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleDevice(parts, params.device, actor)
        const group = body.group === undefined ? undefined : (await visibleGroup(groups, body.group, actor)).id
        await parts.devices.book.change(id, { name: body.name, group, by: actor.name })
        return show(id)
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/devices/:device/evaluate',
      policy: 'devices:edit',
      scope: 'own',
      says: 'Evaluates a device now. It is evaluated by itself with every report, and when time changes its verdict.',
      params: deviceParams,
      result: deviceSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleDevice(parts, params.device, actor)
        await parts.devices.book.evaluate(id)
        return show(id)
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/devices/:device/unenroll',
      policy: 'devices:edit',
      scope: 'own',
      says: 'Un-enrolls a device: its agent is refused, and network access control knows it no more. Administrators give a note, and their PIN if they set one.',
      params: deviceParams,
      body: consent,
      result: deviceSchema,
      handler: async ({ params, body, actor }) => {
        const { id, group } = await visibleDevice(parts, params.device, actor)
        await parts.admins.consent.require(actor, body, 'unenrollDevice', group)
        await parts.devices.book.unenroll(id, nameOf(actor), body.note)
        return show(id)
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/devices/:device',
      policy: 'devices:edit',
      scope: 'own',
      says: 'Deletes a device. If somebody reports it again, it is a new one. Administrators give a note, and their PIN if they set one.',
      params: deviceParams,
      body: consent,
      result: z.strictObject({}),
      handler: async ({ params, body, actor }) => {
        const { id, group } = await visibleDevice(parts, params.device, actor)
        await parts.admins.consent.require(actor, body, 'deleteDevice', group)
        await parts.devices.book.remove(id, nameOf(actor), body.note)
        return {}
      },
    }),
  ]
}

export function nameOf({ kind, name }: Actor): string {
  return kind === 'admin' ? name : `${kind} ${name}`
}
