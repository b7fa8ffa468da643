/**
 * The gate as a picture: who is there, how they are joined, and where each stands.
 *
 * Pure geometry. Wide screens read it from left to right, narrow ones from top to
 * bottom; the order of the stations is the way a request takes.
 *
 * @module
 */
import type { Connector, Service, Status } from '../api/shapes.ts'

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

export const box = { width: 168, height: 62 } as const
const gap = { across: 78, along: 22 } as const

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

type Sketch = Omit<Station, 'x' | 'y'>

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

type Placed = Pick<Gate, 'width' | 'height' | 'stations'>

function placeAcross(columns: readonly (readonly Sketch[])[]): Placed {
  const height = Math.max(...columns.map((column) => column.length * (box.height + gap.along) - gap.along))
  const stations = columns.flatMap((column, index) => {
    const own = column.length * (box.height + gap.along) - gap.along
    return column.map((sketch, row) => ({
      ...sketch,
      x: index * (box.width + gap.across),
      y: (height - own) / 2 + row * (box.height + gap.along),
    }))
  })
  return { width: columns.length * (box.width + gap.across) - gap.across, height, stations }
}

/** Two side by side fit the narrowest phone; a third begins a new row. */
function placeDown(columns: readonly (readonly Sketch[])[]): Placed {
  const width = 2 * box.width + gap.along
  let y = 0
  const stations: Station[] = []
  for (const column of columns) {
    for (let row = 0; row < column.length; row += 2) {
      const pair = column.slice(row, row + 2)
      const own = pair.length * (box.width + gap.along) - gap.along
      for (const [index, sketch] of pair.entries()) {
        stations.push({ ...sketch, x: (width - own) / 2 + index * (box.width + gap.along), y })
      }
      y += box.height + (row + 2 < column.length ? gap.along : gap.across / 2)
    }
  }
  return { width, height: y - gap.across / 2, stations }
}

function sentence(stations: readonly Sketch[]): string {
  return `${stations.map(({ title, word }) => `${title}: ${word}`).join('. ')}.`
}

/** Shortened for the box it stands in; the whole text stays in its title. */
export function fit(text: string, most: number): string {
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}
