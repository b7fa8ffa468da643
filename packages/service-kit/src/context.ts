/**
 * What an agent gets from the connector: a host for its life, a context per request.
 *
 * An agent reaches the network only through `host.target`, so that the policy file
 * has the last word on every address.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Trace } from './trace.ts'

/** An address that policy allows. It was resolved once, and this answer is the one that was checked. */
export interface Target {
  /** The IP address to connect to. Not a name: a second look-up could answer differently. */
  readonly address: string
  readonly port: number
  /** The name that a certificate has to carry. */
  readonly serverName: string
}

/** A host that DNS names for a service (RFC 2782). Whether it may be connected to, `target` decides. */
export interface LocatedHost {
  readonly host: string
  readonly port: number
  /** Lower goes first. */
  readonly priority: number
  /** Among equals: its share. */
  readonly weight: number
}

export interface ServiceHost {
  readonly clock: Clock
  readonly log: Log
  /** Aborts when the service is stopped. */
  readonly signal: AbortSignal
  /** @throws the connector's failures: not allowed by the policy file, name not found. */
  target(host: string, port: number): Promise<Target>
  /**
   * Asks DNS for the hosts of a service: `_ldap._tcp.corp.test`. Empty when there are none.
   *
   * @throws the connector's failures: name servers that do not answer.
   */
  locate(name: string): Promise<readonly LocatedHost[]>
}

export interface OperationContext {
  /** Time that is left, on the monotonic clock; never negative. */
  remainingMs(): number
  /** Aborts at the deadline, when the caller has gone, and when the service is stopped. */
  readonly signal: AbortSignal
  /** The group the request is made for; may be a child of the connector's own. */
  readonly actingGroup: string
  /** Which part of the console asks: `deviceServices`, `deviceManagement`, `selfService`, `other`. */
  readonly component: string
  readonly requestId: string
  /** From the policy file, for this acting group, by the contract's names of limits. Absent means: no limit. */
  readonly limits: Readonly<Record<string, readonly string[]>>
  readonly trace: Trace
  /** Classes N and O: the same key means the same intent. */
  readonly idempotencyKey?: string
  /** Class S: a lower one than the last is stale. */
  readonly generation?: number
}
