/**
 * Syslog over the API: targets of a group, how each stands, a test, a preview.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { syslogContract, templateNames } from '@sallygate/service-syslog/contract'
import { parseResult } from '@sallygate/service-kit'
import type { OrganizationGroup, Store, SyslogTargetRow } from '@sallygate/store'
import { z } from 'zod'
import type { Caller } from '../calls/caller.ts'
import type { Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { logTargetFailure } from './failures.ts'
import { eventOf, rowOfEvent } from './message.ts'
import { lineFor } from './preview.ts'
import {
  changedTarget,
  previewBody,
  previewResult,
  shownTarget,
  syslogStatus,
  targetChange,
  targetParams,
  targetSettings,
  testResult,
} from './schema.ts'
import type { Senders } from './senders.ts'
import type { TargetBook } from './target-book.ts'
import { exampleEvent, testEvent } from './test-event.ts'

export interface SyslogRouteParts {
  readonly groups: OrganizationGroups
  readonly caller: Pick<Caller, 'call'>
  readonly clock: Clock
  readonly store: Pick<Store, 'events'>
  readonly services: { isOn(group: string, service: string): Promise<boolean> }
  readonly syslog: { readonly book: TargetBook; readonly senders: Senders }
}

export function syslogRoutes(parts: SyslogRouteParts): readonly Route[] {
  const { groups, services, clock, syslog } = parts
  const path = '/api/groups/:group/syslog/targets'
  const show = async (row: SyslogTargetRow) => present(row, await syslog.senders.stateOf(row))
  return [
    defineRoute({
      method: 'GET',
      path,
      policy: 'services:read',
      says: 'Lists the syslog targets of a group and how each stands. A target gets the events of its group and of all groups below.',
      params: groupParams,
      result: z.object({ targets: z.array(shownTarget) }),
      pages: { of: 'targets', by: ['name', 'id'] },
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return { targets: await Promise.all((await syslog.book.list(id)).map(show)) }
      },
    }),
    defineRoute({
      method: 'POST',
      path,
      policy: 'services:edit',
      says: 'Adds a syslog target: it is sent what happens from now on. The key of a client certificate is sealed and never shown.',
      params: groupParams,
      body: targetChange,
      result: shownTarget,
      status: 201,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return show(await syslog.book.add(id, body, actor))
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/:target`,
      policy: 'services:read',
      says: 'Shows a syslog target and how it stands.',
      params: targetParams,
      result: shownTarget,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return show(await syslog.book.get(id, params.target))
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/:target`,
      policy: 'services:edit',
      says: 'Changes a syslog target; its place in the stream stays. A change of where it is or whom it believes erases the stored client key, unless it is given again.',
      params: targetParams,
      body: targetChange,
      result: changedTarget,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { row, erased } = await syslog.book.change(id, params.target, body, actor)
        return { ...(await show(row)), erased }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/:target`,
      policy: 'services:edit',
      says: 'Removes a syslog target. What waited for it is not sent any more.',
      params: targetParams,
      result: z.object({ removed: z.literal(true) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        await syslog.book.remove(id, params.target, actor)
        return { removed: true as const }
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/:target/test`,
      policy: 'calls:edit',
      says: 'Tries every step to a syslog target from a connector, sends it a test message and asks for its receipt.',
      params: targetParams,
      result: testResult,
      handler: async ({ params, actor, signal }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const named = await namedAsInEvents(groups, group.id)
        return test(parts, named, await syslog.book.get(group.id, params.target), actor, signal)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/syslog/status',
      policy: 'services:read',
      says: 'How far each syslog target of a group has come: what waits, what was dropped, what fails and since when.',
      params: groupParams,
      result: syslogStatus,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const targets = (await syslog.book.list(id)).map(async (row) => ({
          id: row.id,
          name: row.name,
          status: await syslog.senders.stateOf(row),
        }))
        return { isServiceOn: await services.isOn(id, syslogContract.name), targets: await Promise.all(targets) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/syslog/preview',
      policy: 'services:edit',
      changes: false,
      says: 'Shows one event as a target with these settings would be sent it. Nothing is sent.',
      params: groupParams,
      body: previewBody,
      result: previewResult,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const event =
          body.event === undefined
            ? exampleEvent({ at: clock.now(), group: await namedAsInEvents(groups, group.id) })
            : await stored(parts, group, body.event)
        const line = lineOrRefusal(body.target, event)
        return { line, bytes: Buffer.byteLength(line), templateNames: [...templateNames] }
      },
    }),
  ]
}

function present(row: SyslogTargetRow, status: z.output<typeof shownTarget>['status']): z.output<typeof shownTarget> {
  return {
    id: row.id,
    name: row.name,
    group: row.group,
    settings: targetSettings.parse(row.settings),
    hasClientKey: row.hasSecret,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    status,
  }
}

async function test(
  { caller, clock, syslog }: SyslogRouteParts,
  group: { readonly id: string; readonly name: string },
  row: SyslogTargetRow,
  actor: Actor,
  signal: AbortSignal,
): Promise<z.output<typeof testResult>> {
  const { target } = targetSettings.parse(row.settings)
  const key = `test-${toHex(randomBytes(6))}`
  const event = testEvent({ at: clock.now(), group }, actor.name, key)
  const clientKey = await syslog.book.clientKey(row)
  try {
    const parameters = { target, event, ...(clientKey === undefined ? {} : { clientKey }) }
    const { result, connector } = await caller.call(group.id, 'syslog.check', parameters, { signal })
    return { connector, rows: parseResult(syslogContract.operations.check, result).rows }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { says, fix, code } = error
    return { rows: [{ target: 'the connector', result: 'failed', says, fix, code, durationMs: 0 }] }
  }
}

/** Only of the group and those below: an event's number says nothing to who may not see the event. */
async function stored({ store, groups }: SyslogRouteParts, group: OrganizationGroup, number: number) {
  const [event] = await store.events.after(number - 1, 1)
  const tree = await groups.tree()
  const isVisible = event?.number === number && event.group !== undefined && tree.isWithin(event.group, group.id)
  if (!isVisible) throw logTargetFailure('NO_SUCH_EVENT')
  const nameOf = (id: string) => pathOf(tree.path(id))
  return eventOf({ number, ...rowOfEvent(event, nameOf) }, number)
}

/** A collector's rules for a group have to match a test and an example too. */
async function namedAsInEvents(groups: OrganizationGroups, id: string) {
  return { id, name: pathOf((await groups.tree()).path(id)) }
}

/** `Acme / EMEA` */
export function pathOf(path: readonly { readonly name: string }[]): string {
  return path.map(({ name }) => name).join(' / ')
}

function lineOrRefusal(...given: Parameters<typeof lineFor>): string {
  try {
    return lineFor(...given)
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    throw logTargetFailure('TEMPLATE', { cause, details: cause.details })
  }
}
