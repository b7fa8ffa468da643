/**
 * Where a request says it comes from, and under which name it reached us.
 *
 * A page of a stranger can make a browser talk to 127.0.0.1, directly or by a name
 * that it lets point there (DNS rebinding). The names the console answers to are
 * therefore a closed list, and a request that a page sent must come from our own.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import { consoleFailure } from '../failures.ts'

export interface AllowedHosts {
  readonly scheme: 'http' | 'https'
  /** `name:port` as browsers write it: lower case, without the default port. */
  readonly hosts: ReadonlySet<string>
}

export function allowedHosts(options: {
  readonly tls: boolean
  readonly host: string
  readonly port: number
  readonly more: string | undefined
}): AllowedHosts {
  const scheme = options.tls ? 'https' : 'http'
  const names = ['127.0.0.1', 'localhost', '[::1]', options.host.includes(':') ? `[${options.host}]` : options.host]
  const own = names.map((name) => new URL(`${scheme}://${name}:${options.port}`).host)
  const more = (options.more ?? '').split(',').map((name) => name.trim().toLowerCase())
  return { scheme, hosts: new Set([...own, ...more.filter((name) => name !== '')]) }
}

/** @throws CONSOLE_WRONG_HOST, CONSOLE_FORBIDDEN. */
export function checkCallerAddress(headers: IncomingHttpHeaders, allowed: AllowedHosts): void {
  const host = headers.host?.toLowerCase()
  if (host === undefined || !allowed.hosts.has(host)) throw consoleFailure('WRONG_HOST')
  const { origin } = headers
  if (origin !== undefined && !isOwnOrigin(origin, allowed)) {
    throw consoleFailure('FORBIDDEN', { details: { because: 'origin' } })
  }
  const site = headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') {
    // A link on another page may open our front page, but nothing there may call the API.
    if (headers['sec-fetch-mode'] !== 'navigate')
      throw consoleFailure('FORBIDDEN', { details: { because: 'cross-site' } })
  }
}

function isOwnOrigin(origin: string, allowed: AllowedHosts): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  return protocol === `${allowed.scheme}:` && allowed.hosts.has(host)
}
