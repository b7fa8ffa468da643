/**
 * The gate as a picture: who is there, how they are joined, and where each stands.
 *
 * Pure geometry. Wide screens read it from left to right, narrow ones from top to
 * bottom; the order of the stations is the way a request takes.
 *
 * @module
 */
import type { Connector, Status } from '../api/shapes.ts'
import type { Service } from '../api/service-shapes.ts'
import { placeAcross, placeDown } from './placing.ts'

export type Standing = 'ok' | 'warning' | 'failed' | 'off'

export interface Station {
  readonly id: string
  readonly kind: 'console' | 'relay' | 'connector' | 'service' | 'none'
  readonly title: string
  readonly word: string
  readonly standing: Standing
  readonly x: number
  readonly y: number
}

export interface Line {
  readonly from: Station
  readonly to: Station
  readonly standing: Standing
  readonly label: string
}

export interface Gate {
  readonly width: number
  readonly height: number
  readonly stations: readonly Station[]
  readonly lines: readonly Line[]
  /** The whole picture as a sentence, for who does not see it. */
  readonly says: string
}

/** More than these are counted, not drawn: a picture is read at a glance. */
const mostDrawn = 4

export interface GateParts {
  readonly status: Status
  readonly connectors: readonly Connector[]
  readonly services: readonly Service[]
  /** The group above, whose connectors serve a group that has none. */
  readonly parent?: string | undefined
  readonly isNarrow: boolean
}

export type Sketch = Omit<Station, 'x' | 'y'>

export function drawGate({ status, connectors, services, parent, isNarrow }: GateParts): Gate {
  const shown = connectors.filter(({ state }) => state !== 'revoked')
  const columns: readonly (readonly Sketch[])[] = [
    [{ id: 'console', kind: 'console', title: 'Console', word: `up, ${status.version}`, standing: 'ok' }],
    [relayStation(status)],
    shown.length === 0 && parent !== undefined ? [stationAbove(parent, services)] : connectorStations(shown),
    services.map((service) =>
      shown.length === 0 && parent !== undefined ? serviceAbove(service) : serviceStation(service, shown),
    ),
  ]
  const placed = isNarrow ? placeDown(columns) : placeAcross(columns)
  const of = (kind: Station['kind']) => placed.stations.filter((station) => station.kind === kind)
  const [console_] = of('console')
  const [relay] = of('relay')
  if (console_ === undefined || relay === undefined) throw new Error('a gate has a console and a relay')
  const lines: Line[] = [{ from: console_, to: relay, standing: relay.standing, label: '' }]
  for (const station of [...of('connector'), ...of('none')]) {
    const connector = shown.find(({ id }) => id === station.id)
    const label = connector?.state === 'live' && connector.latencyMs > 0 ? `${Math.round(connector.latencyMs)} ms` : ''
    lines.push({ from: relay, to: station, standing: lineStanding(relay, station), label })
    for (const service of of('service')) {
      if (station.id === above && service.standing !== 'off') {
        lines.push({ from: station, to: service, standing: service.standing, label: '' })
      }
      const there = connector?.services.find((one) => `service ${one.service}` === service.id)
      if (there !== undefined) {
        lines.push({ from: station, to: service, standing: standingOfService(there.state), label: '' })
      }
    }
  }
  return { ...placed, lines, says: sentence(placed.stations) }
}

function relayStation({ relay }: Status): Sketch {
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

const above = 'above'

/** Who acknowledged the settings of a group without connectors are those of a group above. */
function stationAbove(parent: string, services: readonly Service[]): Sketch {
  const serving = new Set(services.flatMap(({ acknowledged }) => acknowledged.map(({ connectorId }) => connectorId)))
  const word = serving.size === 0 ? parent : serving.size === 1 ? '1 connector' : `${serving.size} connectors`
  return { id: above, kind: 'none', title: 'Group above', word, standing: serving.size === 0 ? 'off' : 'ok' }
}

function serviceAbove({ service, title, settings, acknowledged }: Service): Sketch {
  const shared = { id: `service ${service}`, kind: 'service', title } as const
  if (settings === null) return { ...shared, word: 'off', standing: 'off' }
  const [worst = 'off'] = acknowledged
    .map(({ state }) => state)
    .toSorted((a, b) => Number(b !== 'healthy') - Number(a !== 'healthy'))
  const isSomeHealthy = acknowledged.some(({ state }) => state === 'healthy')
  if (acknowledged.length === 0) return { ...shared, word: 'on', standing: 'off' }
  return { ...shared, word: worst, standing: worst === 'healthy' ? 'ok' : isSomeHealthy ? 'warning' : 'failed' }
}

function connectorStations(connectors: readonly Connector[]): readonly Sketch[] {
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

function serviceStation({ service, title, settings }: Service, connectors: readonly Connector[]): Sketch {
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

function lineStanding(relay: Sketch, station: Sketch): Standing {
  return relay.standing === 'ok' ? station.standing : relay.standing
}

function sentence(stations: readonly Sketch[]): string {
  return `${stations.map(({ title, word }) => `${title}: ${word}`).join('. ')}.`
}
