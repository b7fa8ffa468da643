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
import {
  type Sketch,
  relayStation,
  above,
  stationAbove,
  serviceAbove,
  connectorStations,
  standingOfService,
  serviceStation,
} from './stations.ts'

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

export interface GateParts {
  readonly status: Status
  readonly connectors: readonly Connector[]
  readonly services: readonly Service[]
  /** The group above, whose connectors serve a group that has none. */
  readonly parent?: string | undefined
  readonly isNarrow: boolean
}

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

function lineStanding(relay: Sketch, station: Sketch): Standing {
  return relay.standing === 'ok' ? station.standing : relay.standing
}

function sentence(stations: readonly Sketch[]): string {
  return `${stations.map(({ title, word }) => `${title}: ${word}`).join('. ')}.`
}
