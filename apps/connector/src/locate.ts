/**
 * Locating: which hosts DNS names for a service (SRV records, RFC 2782).
 *
 * Only names come of it. Each is looked up again and held against the policy file
 * before anybody connects, so a name server can offer a host and never allow one.
 *
 * @module
 */
import { Resolver } from 'node:dns/promises'
import { Failure } from '@sallygate/base/failure'
import type { LocatedHost } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'
import { maxHosts } from './srv-message.ts'
import { askForSrv } from './srv-question.ts'

export type Locate = (name: string) => Promise<readonly LocatedHost[]>

const waitMs = 2000
const noneCodes = new Set(['ENOTFOUND', 'ENODATA'])
const noSuchName = 3

/** @param servers Name servers to ask; those of the system unless given. */
export function locator(servers?: readonly string[]): Locate {
  return async (name) => {
    const resolver = new Resolver({ timeout: waitMs, tries: 2 })
    if (servers !== undefined) resolver.setServers(servers)
    try {
      const found = await resolver.resolveSrv(name)
      return usable(found.map(({ name: host, ...rest }) => ({ host, ...rest })))
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
      if (noneCodes.has(reason)) return []
      // Samba's name server compresses the target, which RFC 2782 forbids, and c-ares since 1.34.7 refuses
      // to read it (c-ares issue 1287). Read here, the records are fine. (interop/directory/samba-set-up)
      if (reason === 'EBADRESP') return askOurselves(resolver.getServers(), name)
      throw notFound(name, reason, cause)
    }
  }
}

/** @throws CONNECTOR_TARGET_NOT_FOUND when no name server answers. */
export const systemLocate: Locate = (name) => locator()(name)

async function askOurselves(servers: readonly string[], name: string): Promise<readonly LocatedHost[]> {
  let last: unknown
  for (const server of servers.slice(0, 3)) {
    try {
      const { code, hosts } = await askForSrv(server, name, waitMs)
      if (code === 0 || code === noSuchName) return usable(hosts)
      last = notFound(name, `code ${code}`)
    } catch (error) {
      last = error
    }
  }
  throw last instanceof Failure ? last : notFound(name, 'EBADRESP', last)
}

/** A single dot says that the service is decidedly not there. */
const usable = (hosts: readonly LocatedHost[]) =>
  hosts
    .filter(({ host, port }) => host !== '' && host !== '.' && port > 0)
    .slice(0, maxHosts)
    .map(({ host, port, priority, weight }) => ({ host, port, priority, weight }))

const notFound = (name: string, reason: string, cause?: unknown) =>
  connectorFailure('TARGET_NOT_FOUND', { cause, details: { host: name.slice(0, 200), reason } })
