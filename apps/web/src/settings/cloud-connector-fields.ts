/**
 * Cloud connector settings between the API and the form.
 *
 * @module
 */
import type { SettingsPage } from '../api/service-shapes.ts'
import { shownValues, type Values } from './page-values.ts'

export type Route = 'connectors' | 'direct' | 'off'

export interface CloudConnectorFields {
  readonly isEnabled: boolean
  readonly autoUpdate: boolean
  readonly relayUrlChoice: 'external' | 'internal'
  readonly services: Readonly<Record<string, Route>>
  readonly components: Readonly<Record<string, boolean>>
}

/** Who asks through a connector, in the words of the screen. */
export const componentNames: readonly (readonly [name: string, title: string, says: string])[] = [
  ['deviceServices', 'Device services', 'The console itself and the services it needs.'],
  ['deviceManagement', 'Device management', 'Enrollment, check-in and commands of devices.'],
  ['selfService', 'Self-service portal', 'What people do for their own devices.'],
  ['other', 'All others', 'Programs that use the API, and everything not named above.'],
]

const routes: readonly unknown[] = ['connectors', 'direct', 'off']

/** A service that the page does not name goes through connectors, as the console has it. */
export function cloudConnectorFields(
  page: Pick<SettingsPage, 'values'>,
  services: readonly string[],
): CloudConnectorFields {
  const { isEnabled, autoUpdate, relayUrlChoice, services: routed, components } = shownValues(page)
  const routeOf = (name: string) => (routed as Record<string, unknown> | undefined)?.[name]
  const names = new Set([...services, ...Object.keys((routed as object | undefined) ?? {})])
  return {
    isEnabled: isEnabled !== false,
    autoUpdate: autoUpdate === true,
    relayUrlChoice: relayUrlChoice === 'internal' ? 'internal' : 'external',
    services: Object.fromEntries(
      [...names].map((name) => [name, routes.includes(routeOf(name)) ? (routeOf(name) as Route) : 'connectors']),
    ),
    components: Object.fromEntries(
      componentNames.map(([name]) => [name, (components as Record<string, unknown> | undefined)?.[name] !== false]),
    ),
  }
}

export const cloudConnectorValues = (fields: CloudConnectorFields): Values => ({ ...fields })
