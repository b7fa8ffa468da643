/**
 * One device over the API: shown, renamed, moved, evaluated, ended. Lists of them are in `list-routes.ts`.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Store } from '@sallygate/store'
import { z } from 'zod'
import { givenFields, type Consent } from '../admins/consent.ts'
import { optionalBody } from '../http/optional-body.ts'
import { pageByNumber, pageQuery, readNumberCursor } from '../http/paging.ts'
import type { Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupReference } from '../organization-groups/schema.ts'
import type { DeviceBook } from './device-book.ts'
import { deviceListRoutes } from './list-routes.ts'
import { visibleDevice } from './policy.ts'
import { presentDevice } from './presenter.ts'
import { deviceParams, deviceSchema, historySchema } from './schema.ts'

export interface DeviceRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly groups: OrganizationGroups
  readonly admins: { readonly consent: Consent }
  readonly devices: { readonly book: DeviceBook }
}

const consent = optionalBody(z.strictObject(givenFields))

export function deviceRoutes(parts: DeviceRouteParts): readonly Route[] {
  const { store, groups } = parts
  const namesOf = async () => new Map((await groups.list()).map(({ id, name }) => [id, name]))
  const show = async (id: string) => {
    const [device, credential] = await Promise.all([parts.devices.book.get(id), store.deviceCredentials.find(id)])
    return presentDevice(device, await namesOf(), credential)
  }
  return [
    ...deviceListRoutes(parts),
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
