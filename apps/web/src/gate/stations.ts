/**
 * What stands at the gate: relay, connectors and services, each with how it is.
 *
 * @module
 */
import type { Connector, Status } from '../api/shapes.ts'
import type { Service } from '../api/service-shapes.ts'
import type { Standing, Station } from './gate.ts'

/** More than these are counted, not drawn: a picture is read at a glance. */
const mostDrawn = 4

export type Sketch = Omit<Station, 'x' | 'y'>

export function relayStation({ relay }: Status): Sketch {
  const standing =
    relay.state === 'attached'
      ? 'ok'
      : relay.state === 'off'
        ? 'off'
        : relay.state === 'connecting'
          ? 'warning'
          : 'failed'
  const words: Readonly<Record<string, string>> = { waiting: 'not reached', refused: 'refused us', off: 'not set up' }
  return { id: 'relay', kind: 'relay', title: 'Relay', word: words[relay.state] ?? relay.state, standing }
}

export const above = 'above'

/** Who acknowledged the settings of a group without connectors are those of a group above. */
export function stationAbove(parent: string, services: readonly Service[]): Sketch {
  const serving = new Set(services.flatMap(({ acknowledged }) => acknowledged.map(({ connectorId }) => connectorId)))
  const word = serving.size === 0 ? parent : serving.size === 1 ? '1 connector' : `${serving.size} connectors`
  return { id: above, kind: 'none', title: 'Group above', word, standing: serving.size === 0 ? 'off' : 'ok' }
}

export function serviceAbove({ service, title, settings, acknowledged }: Service): Sketch {
  const shared = { id: `service ${service}`, kind: 'service', title } as const
  if (settings === null) return { ...shared, word: 'off', standing: 'off' }
  const [worst = 'off'] = acknowledged
    .map(({ state }) => state)
    .toSorted((a, b) => Number(b !== 'healthy') - Number(a !== 'healthy'))
  const isSomeHealthy = acknowledged.some(({ state }) => state === 'healthy')
  if (acknowledged.length === 0) return { ...shared, word: 'on', standing: 'off' }
  if (acknowledged.some(({ refused }) => refused !== undefined))
    return { ...shared, word: 'settings refused', standing: 'warning' }
  return { ...shared, word: worst, standing: worst === 'healthy' ? 'ok' : isSomeHealthy ? 'warning' : 'failed' }
}

export function connectorStations(connectors: readonly Connector[]): readonly Sketch[] {
  if (connectors.length === 0) {
    return [{ id: 'none', kind: 'none', title: 'No connector', word: 'invite one', standing: 'off' }]
  }
  const drawn = connectors.slice(0, connectors.length > mostDrawn ? mostDrawn - 1 : mostDrawn)
  const rest = connectors.slice(drawn.length)
  const stations: Sketch[] = drawn.map((connector) => ({
    id: connector.id,
    kind: 'connector',
    title: connector.name,
    word: connector.inFlight > 0 ? `${connector.state}, ${connector.inFlight} in flight` : connector.state,
    standing: standingOfConnector(connector),
  }))
  if (rest.length > 0) {
    const live = rest.filter(({ state }) => state === 'live').length
    stations.push({
      id: 'more',
      kind: 'connector',
      title: `${rest.length} more`,
      word: `${live} live`,
      standing: live === rest.length ? 'ok' : 'warning',
    })
  }
  return stations
}

export function standingOfConnector({ state, cloneAlarm }: Pick<Connector, 'state' | 'cloneAlarm'>): Standing {
  if (cloneAlarm || state === 'expired' || state === 'away') return 'failed'
  if (state === 'revoked') return 'off'
  return state === 'live' ? 'ok' : 'warning'
}

export function standingOfService(state: string): Standing {
  if (state === 'healthy') return 'ok'
  if (state === 'off') return 'off'
  return state === 'failed' || state === 'unreachable' ? 'failed' : 'warning'
}

export function serviceStation({ service, title, settings }: Service, connectors: readonly Connector[]): Sketch {
  const id = `service ${service}`
  if (settings === null) return { id, kind: 'service', title, word: 'off', standing: 'off' }
  const states = connectors
    .filter(({ state }) => state === 'live')
    .flatMap((one) => one.services.filter((there) => there.service === service).map(({ state }) => state))
  const standing: Standing = states.includes('healthy')
    ? states.every((state) => state === 'healthy')
      ? 'ok'
      : 'warning'
    : states.length === 0
      ? 'off'
      : 'failed'
  const word =
    states.length === 0
      ? 'no connector'
      : standing === 'ok'
        ? 'healthy'
        : (states.find((one) => one !== 'healthy') ?? '')
  return { id, kind: 'service', title, word, standing }
}
