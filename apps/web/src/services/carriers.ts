/**
 * Which connectors carry a service for a group, and what keeps them from it.
 *
 * As the console chooses: those of the group, or else of the nearest group above that has some; and only where these run
 * on the same settings.
 *
 * @module
 */
import type { Connector, Group } from '../api/shapes.ts'
import type { ServiceName } from './service-query.ts'

/** What a connector has to be allowed for the service to be of use. */
export const neededOperation: Readonly<Record<ServiceName, string>> = {
  directory: 'directory.search',
  mail: 'mail.send',
  syslog: 'syslog.deliver',
}

export type Obstacle = 'noConnector' | 'settingsElsewhere' | 'noneAttached' | 'noneAllowed'

/** The group itself, the one above it, and so on, as far as one sees them. */
export function chainOf(groups: readonly Group[], id: string): readonly Group[] {
  const group = groups.find((one) => one.id === id)
  if (group === undefined) return []
  return [group, ...(group.parent === undefined ? [] : chainOf(groups, group.parent))]
}

export interface Place {
  readonly group: string
  readonly connectors: readonly Connector[]
}

/**
 * @param places From the group upwards.
 * @param settingsOf The group whose settings hold here, where it is known and seen.
 */
export function obstacleOf(
  service: ServiceName,
  places: readonly Place[],
  settingsOf: string | undefined,
): Obstacle | undefined {
  const enrolled = places.map(({ connectors }) => connectors.filter(({ state }) => state !== 'revoked'))
  const at = enrolled.findIndex((connectors) => connectors.length > 0)
  if (at === -1) return 'noConnector'
  const source = places.findIndex(({ group }) => group === settingsOf)
  if (source !== -1 && source < at) return 'settingsElsewhere'
  const attached = (enrolled[at] ?? []).filter(({ state }) => state !== 'away' && state !== 'expired')
  if (attached.length === 0) return 'noneAttached'
  return attached.some(({ operations }) => operations.includes(neededOperation[service])) ? undefined : 'noneAllowed'
}
