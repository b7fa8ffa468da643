/**
 * Targets: from a name and port somebody asked for to the address that is connected to.
 *
 * The name is looked up once, each answer is checked, and a checked answer is what
 * the service gets. A second look-up could answer differently, so there is none.
 *
 * @module
 */
import { lookup } from 'node:dns/promises'
import { isIP, isIPv6 } from 'node:net'
import type { Target } from '@sallygate/service-kit'
import { canonicalAddress, forbiddenClass } from './address.ts'
import { connectorFailure } from './failures.ts'
import { allowTarget, type Policy } from './policy.ts'
import { canonicalHost, type TargetRule } from './target-rule.ts'

/** Every address of a name, in the order the system prefers. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address)

export interface TargetOptions {
  readonly policy: () => Policy
  readonly resolve: Resolve
  /** Where the connector itself dials to. Nobody may use it as a target of its own connector. */
  readonly relay: OwnRelay
}

export interface OwnRelay {
  readonly host: string
  readonly port: number
  /** A proxy resolves its name. Then nobody here does, not even to compare. */
  readonly isBehindProxy?: boolean
}

export type FindTarget = (service: string, host: string, port: number) => Promise<Target>

/** @returns the function that agents reach the network through. It throws CONNECTOR_POLICY_* and CONNECTOR_TARGET_*. */
export function targetFinder(options: TargetOptions): FindTarget {
  return async (service, written, port) => {
    const host = canonicalHost(written)
    const policy = options.policy()
    const rule = allowTarget(policy, service, host, port)
    const { relay } = options
    if (host === canonicalHost(relay.host) && (port === relay.port || !rule.isLiteral)) {
      throw connectorFailure('POLICY_ADDRESS', { details: { host, port, reason: 'relay' } })
    }
    const addresses = await addressesOf(host, options.resolve)
    const own = await ownAddresses(options)
    const reasons: string[] = []
    for (const address of addresses) {
      const reason = refusal(address, rule, policy) ?? ownRefusal(address, port, rule, own, relay.port)
      // A name with a good and a bad answer is reached at the good one; the bad one is never tried.
      if (reason === undefined) return { address, port, serverName: host }
      reasons.push(reason)
    }
    throw connectorFailure('POLICY_ADDRESS', { details: { host, port, reason: reasons[0] ?? 'none' } })
  }
}

/** @throws CONNECTOR_TARGET_NOT_FOUND. */
async function addressesOf(host: string, resolve: Resolve): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  let answers: readonly string[]
  try {
    answers = await resolve(host)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    throw connectorFailure('TARGET_NOT_FOUND', { cause, details: { host, reason } })
  }
  if (answers.length === 0) throw connectorFailure('TARGET_NOT_FOUND', { details: { host, reason: 'no address' } })
  return answers.map(canonicalAddress)
}

function refusal(address: string, rule: TargetRule, policy: Policy): string | undefined {
  const forbidden = forbiddenClass(address)
  // Loopback has to be meant: an address written out, or the one name that means nothing else (RFC 6761 6.3).
  // A literal entry for any other name does not say it, or whoever runs its DNS zone could.
  const isMeant = rule.isLiteral && (isIP(rule.host) !== 0 || rule.host === 'localhost')
  if (forbidden !== undefined && !(forbidden === 'loopback' && isMeant)) return forbidden
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  return policy.never.addresses.some((list) => list.check(address, family)) ? 'never' : undefined
}

/** The relay's host may hold other servers too, when they are named literally; its port is the relay's alone. */
function ownRefusal(
  address: string,
  port: number,
  rule: TargetRule,
  own: readonly string[],
  relayPort: number,
): string | undefined {
  return own.includes(address) && (port === relayPort || !rule.isLiteral) ? 'relay' : undefined
}

async function ownAddresses({ relay, resolve }: TargetOptions): Promise<readonly string[]> {
  if (relay.isBehindProxy === true && isIP(relay.host) === 0) return []
  try {
    return await addressesOf(relay.host, resolve)
  } catch {
    // Whom the system cannot look up, nobody can be sent to by that name either.
    return []
  }
}
