/**
 * @module
 */
import { pageFailure } from '@sallygate/domain'
import { parseSettings, type SettingsValues } from '@sallygate/service-kit'
import { z } from 'zod'
import type { Consent } from '../admins/consent.ts'
import type { Serving } from '../connectors/serving.ts'
import type { Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup, visibleGroups } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import type { RelaySettingsFile } from '../relay/relay-settings.ts'
import { ownService, type SettingsPush } from '../services/settings-push.ts'
import { cloudConnectorPageName } from './cloud-connector.ts'
import { presentPage, presentSummary } from './presenter.ts'
import { restrictedActionsPageName, strictestDemand } from './restricted-actions.ts'
import {
  changedPageSchema,
  settingsPageChangeSchema,
  settingsPageSchema,
  settingsParams,
  settingsSummarySchema,
} from './schema.ts'
import type { SettingsBook } from './settings-book.ts'
import type { SettingsChanges } from './settings-changes.ts'
import { relaySettingsOf, siteUrlsPageName, type SiteUrls } from './site-urls.ts'

export interface SettingsRouteParts {
  readonly groups: OrganizationGroups
  readonly pages: SettingsBook
  readonly changes: SettingsChanges
  readonly serving: Serving
  readonly push: SettingsPush
  readonly relay: RelaySettingsFile
  readonly admins: { readonly consent: Pick<Consent, 'demand'> }
}

type Change = z.infer<typeof settingsPageChangeSchema>

export function settingsRoutes(parts: SettingsRouteParts): readonly Route[] {
  const { groups, pages } = parts
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/settings',
      policy: 'settings:read',
      says: 'Lists the settings pages of a group: which it inherits, which it overrides.',
      params: groupParams,
      pages: { of: 'pages', by: ['page'] },
      result: z.strictObject({ pages: z.array(settingsSummarySchema) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const all = await Promise.all(pages.names.map((name) => pages.of(id, name)))
        return { pages: all.map((page) => presentSummary(pages.page(page.page), page)) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/settings/:page',
      policy: 'settings:read',
      says: 'Shows what holds on a settings page for a group, and which group each value comes from. Secrets are never shown.',
      params: settingsParams,
      result: settingsPageSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return show(parts, id, params.page, actor)
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/groups/:group/settings/:page',
      policy: 'settings:edit',
      says: 'Gives a group values of its own on a settings page, lets it inherit again, or says what its children may do. Running connectors hear of it at once. Site URLs are of the installation: changing them needs `relay:edit` over everything.',
      params: settingsParams,
      body: settingsPageChangeSchema,
      result: changedPageSchema,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        if (params.page === restrictedActionsPageName)
          await parts.admins.consent.demand(actor, body, await strictestDemand(pages, id))
        const erased =
          params.page === siteUrlsPageName
            ? await changeSite(parts, body, actor)
            : await change(parts, id, params.page, body)
        return { ...(await show(parts, id, params.page, actor)), erased: [...erased] }
      },
    }),
  ]
}

async function show(parts: SettingsRouteParts, group: string, name: string, actor: Actor) {
  const { groups, pages, push, serving, relay } = parts
  const page = await pages.of(group, name)
  const seen = new Map((await visibleGroups(groups, actor)).map((one) => [one.id, one.name]))
  const isOwn = name === cloudConnectorPageName || name === siteUrlsPageName
  const near = await serving.nearest(group)
  const isElsewhere = !isOwn && (await serving.isElsewhere(group, near, name))
  const acknowledged = isElsewhere ? [] : push.acknowledged(near, isOwn ? ownService : name)
  return presentPage(pages.page(name), page, seen, acknowledged, relay.current)
}

async function change(
  parts: SettingsRouteParts,
  group: string,
  page: string,
  body: Change,
): Promise<readonly string[]> {
  const { pages, changes } = parts
  const { mode, values = {}, childPermission } = body
  pages.page(page)
  let erased: readonly string[] = []
  if (mode === 'override') erased = await pages.override(group, page, values, childPermission)
  else if (mode === 'inherit') erased = await pages.inherit(group, page, childPermission)
  else if (childPermission !== undefined) await pages.permit(group, page, childPermission)
  await changes.changed(group, page)
  return erased
}

async function changeSite(parts: SettingsRouteParts, body: Change, actor: Actor): Promise<readonly string[]> {
  const mayChangeRelay = actor.grants.some(({ group, rights }) => group === undefined && rights.has('relay:edit'))
  const { mode, values = {}, childPermission } = body
  if (!mayChangeRelay || mode !== 'override' || childPermission !== undefined) {
    throw pageFailure('INHERIT_ONLY', { details: { page: siteUrlsPageName } })
  }
  const read = parseSettings(parts.pages.page(siteUrlsPageName), values as SettingsValues) as SiteUrls
  await parts.changes.useRelay(relaySettingsOf(read, parts.relay.current))
  return []
}
