/**
 * @module
 */
import type { PageValue } from '@sallygate/domain'
import type { Contract } from '@sallygate/service-kit'
import type { z } from 'zod'
import { presentAcknowledgement } from '../services/presenter.ts'
import { isOff } from '../services/service-book.ts'
import type { Acknowledgement } from '../services/settings-push.ts'
import type { RelaySettings } from '../relay/relay-settings.ts'
import { cloudConnectorPageName } from './cloud-connector.ts'
import type { fromSchema, pageValueSchema, settingsPageSchema, settingsSummarySchema } from './schema.ts'
import type { PageOf } from './settings-book.ts'
import { siteUrlsOf, siteUrlsPageName } from './site-urls.ts'

/** Names of the groups that whoever asks can see, by id. */
export type Seen = ReadonlyMap<string, string>

export function presentSummary(contract: Contract, page: PageOf): z.infer<typeof settingsSummarySchema> {
  const { mode, permission, childPermission, generation } = page
  const isService = Object.keys(contract.operations).length > 0
  const isWithout = isService && (page.own === undefined || isOff(page))
  return { page: page.page, title: contract.title, mode, permission, childPermission, generation, isOff: isWithout }
}

export function presentPage(
  contract: Contract,
  page: PageOf,
  seen: Seen,
  acknowledged: readonly Acknowledgement[],
  relay: RelaySettings | undefined,
): z.infer<typeof settingsPageSchema> {
  const summary = presentSummary(contract, page)
  const isOfInstallation = page.page === siteUrlsPageName
  const values = isOfInstallation ? siteValues(relay) : presentValues(page, seen)
  return {
    ...summary,
    // There is one relay: nobody has site URLs of his own.
    ...(isOfInstallation ? { mode: 'inherit', permission: 'inheritOnly', childPermission: 'inheritOnly' } : {}),
    values: summary.isOff ? {} : values,
    acknowledged: acknowledged.map(presentAcknowledgement),
    notes: notesOf(page.page),
  }
}

export function presentFrom(from: string, seen: Seen): z.infer<typeof fromSchema> {
  if (from === 'default') return 'default'
  const name = seen.get(from)
  return name === undefined ? 'above' : { group: from, name }
}

export function presentValue({ value, from }: PageValue, seen: Seen): z.infer<typeof pageValueSchema> {
  return { value, from: presentFrom(from, seen) }
}

function presentValues({ values }: PageOf, seen: Seen): Record<string, z.infer<typeof pageValueSchema>> {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, presentValue(value, seen)]))
}

function siteValues(relay: RelaySettings | undefined): Record<string, z.infer<typeof pageValueSchema>> {
  if (relay === undefined) return {}
  return Object.fromEntries(
    Object.entries(siteUrlsOf(relay)).map(([field, value]) => [field, { value, from: 'installation' as const }]),
  )
}

function notesOf(page: string): string[] {
  if (page === cloudConnectorPageName) {
    return ['Nothing updates connectors yet: the choice under autoUpdate is stored and has no effect.']
  }
  if (page === siteUrlsPageName) {
    return [
      'The relay needs the file of GET /api/relay/secure-channel; POST /api/relay/check tests the connection.',
      'Connectors follow a new address when they reach it; one that is not told before the old one ends has to be enrolled again.',
    ]
  }
  return []
}
