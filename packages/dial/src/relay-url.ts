/**
 * The relay's address, taken apart once.
 *
 * @module
 */
import { isIP } from 'node:net'
import { dialFailure } from './failures.ts'

export interface RelayTarget {
  /** `ws:` or `wss:`, path kept, without credentials or fragment. */
  readonly url: URL
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** Host and port, as people write them. */
  readonly shown: string
}

/** @throws DIAL_BAD_URL. */
export function parseRelayUrl(relayUrl: string): RelayTarget {
  const url = URL.canParse(relayUrl) ? new URL(relayUrl) : undefined
  const scheme = { 'https:': 'wss:', 'wss:': 'wss:', 'http:': 'ws:', 'ws:': 'ws:' }[url?.protocol ?? '']
  // A password in a URL ends up in logs and process lists; the relay has no use for one.
  if (url === undefined || scheme === undefined || url.username !== '' || url.password !== '') {
    throw dialFailure('BAD_URL', { details: { relayUrl: url === undefined ? relayUrl.slice(0, 200) : redact(url) } })
  }
  url.protocol = scheme
  url.hash = ''
  const isTls = scheme === 'wss:'
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port)
  return { url, host, port, isTls, shown: isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}` }
}

function redact(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200)
}
