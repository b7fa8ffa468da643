/**
 * The site URLs page: where the relay is, for connectors and for the console.
 *
 * There is one relay, so there is one set of addresses: of the installation, and every
 * group inherits it. It lies in the relay settings; this page is how a group sees it.
 *
 * @module
 */
import { defineContract, type Contract } from '@sallygate/service-kit'
import { z } from 'zod'
import { relayUrl, type RelaySettings } from '../relay/relay-settings.ts'

export const siteUrlsPageName = 'siteUrls'

const schema = z.strictObject({
  isRelayEnabled: z.boolean(),
  /** How connectors reach it; a port in it gives way to `externalPort`. */
  externalUrl: relayUrl,
  externalPort: z.number().int().min(1).max(65_535).optional(),
  /** How this console reaches it. */
  internalUrl: relayUrl,
})

export const siteUrlsPage = defineContract(siteUrlsPageName, 1, {
  title: 'Site URLs',
  settings: {
    schema,
    classification: { isRelayEnabled: 'public', externalUrl: 'public', externalPort: 'public', internalUrl: 'public' },
    erasesSecrets: [],
  },
  operations: {},
}) as unknown as Contract

export type SiteUrls = z.infer<typeof schema>

export function siteUrlsOf({ enabled, externalUrl, internalUrl }: RelaySettings): SiteUrls {
  const { port, protocol } = new URL(externalUrl)
  const byScheme = protocol === 'http:' || protocol === 'ws:' ? 80 : 443
  return {
    isRelayEnabled: enabled,
    externalUrl,
    externalPort: port === '' ? byScheme : Number(port),
    internalUrl,
  }
}

/** What is not on the page stays: the authorities the relay's TLS may chain to. */
export function relaySettingsOf(page: SiteUrls, before: RelaySettings | undefined): RelaySettings {
  const url = new URL(page.externalUrl)
  if (page.externalPort !== undefined) url.port = String(page.externalPort)
  const { tlsCa } = before ?? {}
  return {
    enabled: page.isRelayEnabled,
    externalUrl: url.href,
    internalUrl: page.internalUrl,
    ...(tlsCa === undefined ? {} : { tlsCa }),
  }
}
