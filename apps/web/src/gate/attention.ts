/**
 * What needs attention in one group: the console's warnings, and what can be seen of its parts.
 *
 * The console says what is wrong with itself, the relay and the certificates. That a
 * group has nobody to work for it, or a service that fails, shows here.
 *
 * @module
 */
import type { Connector, Status } from '../api/shapes.ts'
import type { Service } from '../api/service-shapes.ts'

export interface Matter {
  readonly key: string
  readonly level: 'failed' | 'warning'
  readonly says: string
  readonly fix: string
  readonly about?: string
  /** The page where it can be put right. */
  readonly page?: 'connect' | 'connectors' | 'directory' | 'mail' | 'syslog' | 'relay' | 'nac' | 'sources'
}

export function attention(
  status: Status,
  connectors: readonly Connector[],
  services: readonly Service[],
  isBelow = false,
): readonly Matter[] {
  // Services are told below, from the connectors of this group.
  const warnings = status.warnings.filter(({ code }) => code !== 'SERVICE_NOT_WELL')
  const matters: Matter[] = warnings.map(({ code, level, says, fix, about }, index) => ({
    key: `${code} ${index}`,
    says,
    fix,
    level: level === 'red' ? 'failed' : 'warning',
    ...(about === undefined ? {} : { about }),
    ...(code.startsWith('RELAY_') ? { page: 'relay' as const } : {}),
    ...(/\bnac\b/.test(says) ? { page: 'nac' as const } : {}),
  }))
  const { failure } = status.relay
  if (failure !== undefined) {
    matters.push({
      key: 'relay failure',
      level: 'failed',
      about: 'Relay',
      says: failure.says,
      fix: failure.fix,
      page: 'relay',
    })
  }
  return [...matters, ...ofConnectors(connectors, isBelow), ...ofServices(connectors, services)].toSorted(
    (a, b) => Number(b.level === 'failed') - Number(a.level === 'failed'),
  )
}

function ofConnectors(connectors: readonly Connector[], isBelow: boolean): readonly Matter[] {
  const known = connectors.filter(({ state }) => state !== 'revoked')
  // A group below another is served by the connectors of that.
  if (known.length === 0 && isBelow) return []
  if (known.length === 0) {
    return [
      {
        key: 'no connector',
        level: 'warning',
        says: 'No connector belongs to this group.',
        fix: 'Invite one, and run it on a server that can reach your directory.',
        page: 'connect',
      },
    ]
  }
  const isServed = known.some(({ state }) => state === 'live')
  const gone = known
    .filter(({ state }) => state === 'away' || state === 'expired')
    .map(({ id, name, state }) => ({
      key: `connector ${id}`,
      // One of several that is away costs reserve; the last one costs the service.
      level: isServed ? ('warning' as const) : ('failed' as const),
      about: name,
      says: state === 'expired' ? 'The certificate of this connector has expired.' : 'This connector is away.',
      fix:
        state === 'expired'
          ? 'Invite it again, or revoke it if it is gone for good.'
          : 'On its host, run: sallygate connector check. If it is gone for good, revoke it.',
      page: 'connectors' as const,
    }))
  const resting = known
    .filter(({ state }) => state === 'draining' || state === 'maintenance')
    .map(({ id, name, state }) => ({
      key: `resting ${id}`,
      level: isServed ? ('warning' as const) : ('failed' as const),
      about: name,
      says:
        state === 'draining' ? 'This connector is drained: it gets no new work.' : 'This connector is in maintenance.',
      fix: isServed ? 'Make it active again when you are done.' : 'Nobody else takes work. Make it active again.',
      page: 'connectors' as const,
    }))
  return [...gone, ...resting]
}

function ofServices(connectors: readonly Connector[], services: readonly Service[]): readonly Matter[] {
  const live = connectors.filter(({ state }) => state === 'live')
  const failing = live.flatMap((connector) =>
    connector.services
      .filter(({ state }) => state === 'failed' || state === 'degraded')
      .map(({ service, state, says, fix }) => ({
        key: `service ${connector.id} ${service}`,
        level: state === 'failed' ? ('failed' as const) : ('warning' as const),
        about: `${services.find((one) => one.service === service)?.title ?? service} at ${connector.name}`,
        says,
        fix,
        page: pageOf(service),
      })),
  )
  // Without a directory nobody is known; a group may do without mail and syslog.
  const off = services
    .filter(({ service, settings }) => service === 'directory' && settings === null && live.length > 0)
    .map(({ service, title }) => ({
      key: `off ${service}`,
      level: 'warning' as const,
      says: `${title} is off.`,
      fix: 'Enter where your directory is, and test the connection.',
      page: 'directory' as const,
    }))
  return [...failing, ...off]
}

const pageOf = (service: string): 'directory' | 'mail' | 'syslog' =>
  service === 'mail' || service === 'syslog' ? service : 'directory'
