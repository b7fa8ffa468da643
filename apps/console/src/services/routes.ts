/**
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { instanceContract } from '@sallygate/service-instance/contract'
import { parseResult, type CheckRow } from '@sallygate/service-kit'
import { z } from 'zod'
import type { Caller } from '../calls/caller.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { presentService } from './presenter.ts'
import { serviceChangeSchema, serviceChecksSchema, serviceParams, serviceSchema } from './schema.ts'
import type { ServiceBook } from './service-book.ts'
import type { Serving } from '../connectors/serving.ts'
import { cloudConnectorFailure } from '../settings/failures.ts'
import type { SettingsChanges } from '../settings/settings-changes.ts'
import type { SettingsPush } from './settings-push.ts'

export interface ServiceRouteParts {
  readonly groups: OrganizationGroups
  readonly services: ServiceBook
  readonly push: SettingsPush
  readonly caller: Caller
  readonly sessions: Sessions
  readonly book: InstanceBook
  readonly serving: Serving
  readonly changes: SettingsChanges
}

export function serviceRoutes(parts: ServiceRouteParts): readonly Route[] {
  const { groups, services, push, changes, serving } = parts
  const show = async (group: string, service: string) => {
    const contract = services.contract(service)
    const state = await services.state(group, service)
    const near = await serving.nearest(group)
    if (!(await serving.isElsewhere(group, near, service)))
      return presentService(contract, state, push.acknowledged(near, service))
    // What the connectors above acknowledged are other settings than these.
    const nobody = state.settings === undefined ? undefined : cloudConnectorFailure('SETTINGS_ELSEWHERE').toJSON()
    return presentService(contract, state, [], nobody)
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/services',
      policy: 'services:read',
      says: 'Lists the enterprise services of a group, on and off.',
      params: groupParams,
      pages: { of: 'services', by: ['service'] },
      result: z.strictObject({ services: z.array(serviceSchema) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return { services: await Promise.all(services.names.map((service) => show(id, service))) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/services/:service',
      policy: 'services:read',
      says: 'Shows the settings of a service and which connectors run on them. Secrets are never shown.',
      params: serviceParams,
      result: serviceSchema,
      handler: async ({ params, actor }) => show((await visibleGroup(groups, params.group, actor)).id, params.service),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/groups/:group/services/:service',
      policy: 'services:edit',
      says: 'Turns a service on with these settings, and gives them to every connector of the group. A secret that is left out stays, unless where to connect or whom to believe has changed.',
      params: serviceParams,
      body: z.strictObject({ settings: z.record(z.string().max(60), z.unknown()) }),
      result: serviceChangeSchema,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const erased = await services.replace(id, params.service, body.settings)
        await changes.changed(id, params.service)
        return { ...(await show(id, params.service)), erased: [...erased] }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/groups/:group/services/:service',
      policy: 'services:edit',
      says: 'Turns a service off and erases its settings, secrets included.',
      params: serviceParams,
      result: serviceSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        await services.turnOff(id, params.service)
        await changes.changed(id, params.service)
        return show(id, params.service)
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/services/:service/check',
      changes: false,
      policy: 'traces:edit',
      says: 'Has every attached connector of the group check the service, step by step.',
      params: serviceParams,
      result: serviceChecksSchema,
      handler: async ({ params, actor, signal }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        services.contract(params.service)
        return { connectors: await checkAll(parts, id, params.service, signal) }
      },
    }),
  ]
}

async function checkAll(parts: ServiceRouteParts, group: string, service: string, signal: AbortSignal) {
  const serving = await parts.serving.nearest(group)
  const live = parts.sessions.live(serving)
  if (live.length === 0) throw consoleFailure('NO_CONNECTOR_ATTACHED')
  await parts.serving.requireSameSettings(group, serving, service)
  return Promise.all(
    live.map(async ({ instance: id }) => ({
      connector: { id, name: parts.book.find(id)?.name ?? id },
      rows: [
        ...refusalOf(parts.push, serving, id, service),
        ...(await checkOne(parts, { serving, actingGroup: group }, id, service, signal)),
      ],
    })),
  )
}

/** What follows is checked with older settings, and whoever has just changed them must know. */
function refusalOf(push: SettingsPush, group: string, instance: string, service: string): readonly CheckRow[] {
  const refused = push.acknowledged(group, service).find((one) => one.instance === instance)?.refused
  if (refused === undefined) return []
  const { code, says, fix, details } = refused.failure
  const reason = typeof details['reason'] === 'string' ? ` ${details['reason']}` : ''
  return [{ target: 'newest settings', result: 'failed', says: `${says}${reason}`, fix, code, durationMs: 0 }]
}

async function checkOne(
  parts: ServiceRouteParts,
  { serving, actingGroup }: { readonly serving: string; readonly actingGroup: string },
  instance: string,
  service: string,
  signal: AbortSignal,
): Promise<CheckRow[]> {
  try {
    const { result } = await parts.caller.call(
      serving,
      'instance.check',
      { service },
      { instance, actingGroup, signal },
    )
    return parseResult(instanceContract.operations.check, result).rows
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { says, fix, code } = error
    return [{ target: 'the connector', result: 'failed', says, fix, code, durationMs: 0 }]
  }
}
