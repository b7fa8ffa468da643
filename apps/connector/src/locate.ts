/**
 * Locating: which hosts DNS names for a service (SRV records, RFC 2782).
 *
 * Only names come of it. Each is looked up again and held against the policy file
 * before anybody connects, so a name server can offer a host and never allow one.
 *
 * @module
 */
import { Resolver } from 'node:dns/promises'
import type { LocatedHost } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'

export type Locate = (name: string) => Promise<readonly LocatedHost[]>

/** A domain with more domain controllers has sites to tell them apart. */
const maxHosts = 256
const noneCodes = new Set(['ENOTFOUND', 'ENODATA'])

/** @throws CONNECTOR_TARGET_NOT_FOUND when no name server answers. */
export const systemLocate: Locate = async (name) => {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  try {
    const found = await resolver.resolveSrv(name)
    // A single dot says that the service is decidedly not there.
    const hosts = found.filter((one) => one.name !== '' && one.name !== '.' && one.port > 0)
    return hosts.slice(0, maxHosts).map((one) => ({
      host: one.name,
      port: one.port,
      priority: one.priority,
      weight: one.weight,
    }))
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    if (noneCodes.has(reason)) return []
    throw connectorFailure('TARGET_NOT_FOUND', { cause, details: { host: name.slice(0, 200), reason } })
  }
}
