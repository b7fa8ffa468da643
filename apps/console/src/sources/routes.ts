/**
 * Sources over the API: other MDM servers whose devices are merged into the inventory.
 *
 * @module
 */
import { z } from 'zod'
import type { ProbeRow } from '@sallygate/protocol-ise-mdm'
import type { MdmSource } from '@sallygate/store'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { probeRow } from './probe-routes.ts'
import { sourceSecrets, sourceSettings, sourceState } from './settings.ts'
import type { SourceBook } from './source-book.ts'
import type { SourceRunner } from './source-runner.ts'

export interface SourceRouteParts {
  readonly groups: OrganizationGroups
  readonly sources: {
    readonly book: SourceBook
    readonly runner: SourceRunner
    check(source: MdmSource): Promise<readonly ProbeRow[]>
  }
}

const shown = z.object({
  id: z.string(),
  name: z.string(),
  settings: sourceSettings,
  hasPassword: z.boolean(),
  state: sourceState,
  /** As the inventory names it, for the order of preference. */
  source: z.string(),
})

const change = z.strictObject({
  name: z.string().min(1).max(100),
  settings: sourceSettings,
  secrets: sourceSecrets.optional(),
})
const sourceParams = groupParams.extend({ source: z.string().min(1).max(64) })

export function sourceRoutes({ groups, sources }: SourceRouteParts): readonly Route[] {
  const path = '/api/groups/:group/sources'
  return [
    defineRoute({
      method: 'GET',
      path,
      policy: 'sources:read',
      says: 'Other MDM servers that are asked for devices of the group, how the last answer was and how old it is.',
      params: groupParams,
      result: z.object({ sources: z.array(shown) }),
      pages: { of: 'sources', by: ['name', 'id'] },
      handler: async ({ params, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        return { sources: (await sources.book.list(group.id)).map(present) }
      },
    }),
    defineRoute({
      method: 'POST',
      path,
      policy: 'sources:edit',
      says: 'Adds an MDM server as a source: one with Cisco ISE’s MDM API, or Workspace ONE’s REST API. Its password is sealed and never shown.',
      params: groupParams,
      body: change,
      result: shown,
      status: 201,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        return present(await sources.book.add(group.id, body))
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/:source`,
      policy: 'sources:edit',
      says: 'Changes a source. Whoever changes where it is gives its password again.',
      params: sourceParams,
      body: change,
      result: shown,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        return present(await sources.book.change(group.id, params.source, body))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/:source`,
      policy: 'sources:edit',
      says: 'Removes a source. What it said of devices stays until it is no longer fresh.',
      params: sourceParams,
      result: z.object({ removed: z.literal(true) }),
      handler: async ({ params, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        await sources.book.remove(group.id, params.source)
        return { removed: true as const }
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/:source/ask`,
      policy: 'sources:edit',
      says: 'Asks a source now and says how it went. With confirmGone, devices that it does not know any more are withdrawn, however many.',
      params: sourceParams,
      body: z.strictObject({ confirmGone: z.boolean().default(false) }),
      result: sourceState,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        return sources.runner.run(await sources.book.get(group.id, params.source), body.confirmGone)
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/:source/check`,
      policy: 'sources:edit',
      says: 'Checks a source step by step with its stored password: what is wrong, and what to do.',
      params: sourceParams,
      result: z.object({ rows: z.array(probeRow) }),
      changes: false,
      handler: async ({ params, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        return { rows: [...(await sources.check(await sources.book.get(group.id, params.source)))] }
      },
    }),
  ]
}

function present(source: MdmSource): z.output<typeof shown> {
  return {
    id: source.id,
    name: source.name,
    settings: sourceSettings.parse(source.settings),
    hasPassword: source.hasPassword,
    state: sourceState.parse(source.state),
    source: `federated:${source.id}`,
  }
}
