/**
 * Policy: what this host lets a connector do, whatever the console says.
 *
 * Only somebody on the host can change it. What is not allowed here is refused; the
 * console can ask for less, never for more. This file decides; policy-text.ts reads
 * what an administrator wrote, policy-file.ts watches it.
 *
 * @module
 */
import type { BlockList } from 'node:net'
import { connectorFailure } from './failures.ts'
import type { RateLimits } from './rate-limits.ts'
import { ruleFor, type TargetRule } from './target-rule.ts'

/** By the contract's names of limits: `baseDns`. */
export type Limits = Readonly<Record<string, readonly string[]>>

export interface ServicePolicy {
  /** Short names, as in the contract: `search`. An update that brings a new one does not widen what was allowed. */
  readonly operations: ReadonlySet<string>
  readonly components: ReadonlySet<string>
  readonly targets: readonly TargetRule[]
  /** Acting group id or `*` → its limits. `undefined`: every group, without limits. */
  readonly groups: ReadonlyMap<string, Limits> | undefined
  /** Operation → most per minute. */
  readonly ratePerMinute: ReadonlyMap<string, number>
}

export interface Policy {
  /** SHA-256 of the file, hex: the console shows when it changes. */
  readonly digest: string
  readonly services: ReadonlyMap<string, ServicePolicy>
  readonly never: { readonly hosts: readonly string[]; readonly addresses: readonly BlockList[] }
}

export interface Asked {
  readonly service: string
  readonly operation: string
  readonly component: string
  readonly actingGroup: string
}

/**
 * Allows one request, or throws what forbids it.
 *
 * @returns the limits of the acting group, for the service to hold itself to.
 * @throws CONNECTOR_POLICY_SERVICE, _OPERATION, _COMPONENT, _GROUP, _RATE.
 */
export function allowRequest(policy: Policy, asked: Asked, rates: RateLimits): Limits {
  const { service, operation } = asked
  const rules = serviceRules(policy, service)
  if (!rules.operations.has(operation)) throw connectorFailure('POLICY_OPERATION', { details: { service, operation } })
  if (!rules.components.has(asked.component)) {
    throw connectorFailure('POLICY_COMPONENT', { details: { service, component: asked.component } })
  }
  const limits = limitsOf(rules, asked)
  const rate = rules.ratePerMinute.get(operation)
  if (rate !== undefined && !rates.take(`${service}.${operation}`, rate)) {
    throw connectorFailure('POLICY_RATE', { details: { service, operation, perMinute: rate } })
  }
  return limits
}

/** @throws CONNECTOR_POLICY_SERVICE, CONNECTOR_POLICY_TARGET. `host` in its canonical spelling. */
export function allowTarget(policy: Policy, service: string, host: string, port: number): TargetRule {
  const rule = ruleFor(serviceRules(policy, service).targets, host, port)
  if (rule === undefined || policy.never.hosts.includes(host)) {
    throw connectorFailure('POLICY_TARGET', { details: { service, host: host.slice(0, 100), port } })
  }
  return rule
}

function serviceRules(policy: Policy, service: string): ServicePolicy {
  const rules = policy.services.get(service)
  if (rules === undefined) throw connectorFailure('POLICY_SERVICE', { details: { service } })
  return rules
}

function limitsOf(rules: ServicePolicy, { service, actingGroup }: Asked): Limits {
  if (rules.groups === undefined) return {}
  // A row for the group itself replaces the row for all: one place to look, nothing to add up.
  const limits = rules.groups.get(actingGroup) ?? rules.groups.get('*')
  if (limits === undefined) throw connectorFailure('POLICY_GROUP', { details: { service, group: actingGroup } })
  return limits
}
