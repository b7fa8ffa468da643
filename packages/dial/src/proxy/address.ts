/**
 * Where a proxy is.
 *
 * @module
 */
import { isIP } from 'node:net'
import { dialFailure } from '../failures.ts'

export interface ProxyAddress {
  /** TLS to the proxy itself; what is carried through it is another matter. */
  readonly isTls: boolean
  readonly host: string
  readonly port: number
  /** Host and port, as people write them. */
  readonly shown: string
}

/** @param setting Where it was written, to be named. @throws DIAL_PROXY_SETTINGS. */
export function parseProxyUrl(text: string, setting: string): ProxyAddress {
  const refused = (reason: string) => dialFailure('PROXY_SETTINGS', { details: { setting, reason } })
  if (!URL.canParse(text)) throw refused('not an address such as http://proxy.example:3128')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('only http:// and https:// proxies')
  // It would end in process lists, logs and backups.
  if (url.username !== '' || url.password !== '') throw refused('the login belongs into proxyCredentialsFile')
  const isTls = url.protocol === 'https:'
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  return proxyAt(isTls, host, url.port === '' ? (isTls ? 443 : 80) : Number(url.port))
}

export function proxyAt(isTls: boolean, host: string, port: number): ProxyAddress {
  return { isTls, host, port, shown: authority(host, port) }
}

/** RFC 9110 7.2: an IPv6 address stands in brackets. */
export function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}
