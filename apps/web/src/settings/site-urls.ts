/**
 * Site URLs between the API, which has whole addresses, and the form, which asks for the port apart.
 *
 * @module
 */
import type { Relay } from '../api/shapes.ts'

export interface SiteUrlFields {
  readonly enabled: boolean
  /** Without its port. */
  readonly externalUrl: string
  readonly externalPort: number | string
  readonly internalUrl: string
  readonly tlsCa: string
}

export function siteUrlFields(relay: Pick<Relay, 'enabled' | 'externalUrl' | 'internalUrl' | 'tlsCa'>): SiteUrlFields {
  const { url, port } = apart(relay.externalUrl ?? '')
  return {
    enabled: relay.externalUrl === undefined ? true : relay.enabled,
    externalUrl: url,
    externalPort: port,
    internalUrl: relay.internalUrl ?? '',
    tlsCa: relay.tlsCa ?? '',
  }
}

export function relaySettingsOf(
  fields: SiteUrlFields,
): Pick<Relay, 'enabled' | 'externalUrl' | 'internalUrl' | 'tlsCa'> {
  const externalUrl = externalUrlOf(fields)
  const { enabled, internalUrl, tlsCa } = fields
  return {
    enabled,
    externalUrl,
    internalUrl: internalUrl.trim() === '' ? externalUrl : internalUrl.trim(),
    ...(tlsCa.trim() === '' ? {} : { tlsCa }),
  }
}

/** A port that was typed into the URL counts as long as the field beside it is empty. */
export function externalUrlOf({ externalUrl, externalPort }: SiteUrlFields): string {
  const text = externalUrl.trim()
  if (externalPort === '' || !URL.canParse(text)) return text
  const url = new URL(text)
  url.port = String(externalPort)
  return url.href
}

function apart(text: string): { readonly url: string; readonly port: number | string } {
  if (!URL.canParse(text)) return { url: text, port: '' }
  const url = new URL(text)
  const usual = url.protocol === 'http:' || url.protocol === 'ws:' ? 80 : 443
  const port = url.port === '' ? usual : Number(url.port)
  url.port = ''
  return { url: url.href, port }
}
