/**
 * Setting up a directory and looking after it: where entries begin, what one becomes, which servers there are, how they do.
 *
 * Settings that are not saved yet go along with the question and nowhere else. A stored
 * password goes with them only to where it was stored for.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import {
  directoryContract,
  directoryTypes,
  typeDefaults,
  type DirectoryType,
} from '@sallygate/service-directory/contract'
import { changeSettings, parseResult, type SettingsValues } from '@sallygate/service-kit'
import type { Caller } from '../calls/caller.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import { findConnector } from '../connectors/policy.ts'
import type { Serving } from '../connectors/serving.ts'
import type { Sessions } from '../connectors/sessions.ts'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import type { ServiceBook } from '../services/service-book.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import {
  basesAnswer,
  basesBody,
  directoryStatusSchema,
  directoryTypesSchema,
  previewAnswer,
  previewBody,
  serversAnswer,
  serversBody,
} from './schema.ts'

export interface DirectoryRouteParts {
  readonly groups: OrganizationGroups
  readonly services: ServiceBook
  readonly pages: SettingsBook
  readonly caller: Caller
  readonly sessions: Sessions
  readonly book: InstanceBook
  readonly serving: Serving
}

const { operations } = directoryContract
/** Of a status: it is in memory there, and who does not answer at once is shown as such. */
const statusWithinMs = 5000

interface Asked {
  readonly settings?: Readonly<Record<string, unknown>> | undefined
  readonly connector?: string | undefined
}

export function directoryRoutes(parts: DirectoryRouteParts): readonly Route[] {
  const ask = async (
    operation: 'bases' | 'preview' | 'servers',
    group: string,
    { settings, connector, ...rest }: Asked & Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => {
    const instance =
      connector === undefined ? undefined : findConnector(parts.book, await parts.serving.nearest(group), connector).id
    const draft = settings === undefined ? {} : { settings: await withStoredSecrets(parts, group, settings) }
    const answer = await parts.caller.call(
      group,
      `directory.${operation}`,
      { ...rest, ...draft },
      { instance, signal, component: 'deviceManagement' },
    )
    return { ...answer, answeredBy: { connector: { ...answer.connector }, durationMs: answer.durationMs } }
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/directory/types',
      policy: 'services:read',
      scope: 'own',
      says: 'Lists the kinds of directories, each with what holds where settings name nothing: object classes, attributes, disabled accounts.',
      result: directoryTypesSchema,
      handler: () => ({ types: directoryTypes.map(defaultsOf) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/directory/status',
      policy: 'services:read',
      says: 'Shows for each attached connector which directory server is in use, how each one does, and what was asked so far.',
      params: groupParams,
      result: directoryStatusSchema,
      handler: async ({ params, actor, signal }) => {
        const { id } = await visibleGroup(parts.groups, params.group, actor)
        return { connectors: await statusOfAll(parts, id, signal) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/directory/bases',
      changes: false,
      policy: 'services:edit',
      says: 'Names where entries may begin: the naming contexts of the directory, or the containers below an entry. With settings that need not be saved.',
      params: groupParams,
      body: basesBody,
      result: basesAnswer,
      handler: async ({ params, body, actor, signal }) => {
        const { id } = await visibleGroup(parts.groups, params.group, actor)
        const { result, answeredBy } = await ask('bases', id, body, signal)
        return { ...parseResult(operations.bases, result), ...answeredBy }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/directory/preview',
      changes: false,
      policy: 'services:edit',
      says: 'Shows one entry as settings read it: fields, disabled or not, groups, raw attributes. With settings that need not be saved.',
      params: groupParams,
      body: previewBody,
      result: previewAnswer,
      handler: async ({ params, body, actor, signal }) => {
        const { id } = await visibleGroup(parts.groups, params.group, actor)
        const { result, answeredBy } = await ask('preview', id, body, signal)
        return { ...parseResult(operations.preview, result), ...answeredBy }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/directory/servers',
      changes: false,
      policy: 'services:edit',
      says: 'Names the directory servers that settings lead to, with what DNS and the site said. With settings that need not be saved.',
      params: groupParams,
      body: serversBody,
      result: serversAnswer,
      handler: async ({ params, body, actor, signal }) => {
        const { id } = await visibleGroup(parts.groups, params.group, actor)
        const { result, answeredBy } = await ask('servers', id, body, signal)
        return { ...parseResult(operations.servers, result), ...answeredBy }
      },
    }),
  ]
}

function defaultsOf(type: DirectoryType) {
  const { userFilter, mapping, ...rest } = typeDefaults[type]
  return {
    type,
    ...rest,
    ...(userFilter === undefined ? {} : { userFilter }),
    mapping: { user: { ...mapping.user }, group: { ...mapping.group } },
  }
}

async function statusOfAll(parts: DirectoryRouteParts, group: string, signal: AbortSignal) {
  const serving = await parts.serving.nearest(group)
  const live = parts.sessions.live(serving)
  if (live.length === 0) throw consoleFailure('NO_CONNECTOR_ATTACHED')
  return Promise.all(
    live.map(async ({ instance }) => {
      const connector = { id: instance, name: parts.book.find(instance)?.name ?? instance }
      try {
        const { result } = await parts.caller.call(
          group,
          'directory.status',
          {},
          {
            instance,
            signal,
            deadlineMs: statusWithinMs,
            component: 'deviceManagement',
          },
        )
        return { connector, status: parseResult(operations.status, result) }
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        const report = error.toJSON()
        return { connector, failure: { ...report, details: { ...report.details } } }
      }
    }),
  )
}

/**
 * Puts what is stored into the places a draft leaves out, if it leads to the same servers.
 *
 * @throws CONSOLE_DIRECTORY_PASSWORD_NEEDED when it does not: the stored password stays where it is.
 */
async function withStoredSecrets(
  { pages }: DirectoryRouteParts,
  group: string,
  draft: Readonly<Record<string, unknown>>,
): Promise<SettingsValues> {
  const shown = (value: unknown) => typeof value === 'object' && value !== null && ('set' in value || 'isSet' in value)
  const given = Object.fromEntries(
    Object.entries(draft).filter(([field, value]) => !(directoryContract.secretFields.includes(field) && shown(value))),
  )
  const read = operations.bases.params.shape.settings.unwrap().safeParse(given)
  // What cannot be read is refused with its field by the operation's own schema, a little later.
  if (!read.success) return given
  const stored = await pages.open(group, 'directory')
  const { values, erased } = changeSettings(directoryContract, stored, { ...read.data })
  const isNeeded = read.data.bindDn !== undefined && read.data.bind !== 'kerberos' && read.data.bind !== 'anonymous'
  if (erased.length > 0 && isNeeded) throw consoleFailure('DIRECTORY_PASSWORD_NEEDED')
  return values
}
