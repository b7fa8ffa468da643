/**
 * The live picture of the gate.
 *
 * @module
 */
import { useMediaQuery } from '@mantine/hooks'
import type { Connector, Status } from '../api/shapes.ts'
import type { Service } from '../api/service-shapes.ts'
import { visible } from '../text/directory-text.ts'
import { box, fit } from './placing.ts'
import { drawGate, type Line, type Station } from './gate.ts'

export interface GatePictureProps {
  readonly status: Status
  readonly connectors: readonly Connector[]
  readonly services: readonly Service[]
  readonly parent?: string | undefined
}

/** Air around the stations, so that no line is cut. */
const margin = 6

export function GatePicture(parts: GatePictureProps) {
  const isNarrow = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false })
  const gate = drawGate({ ...parts, isNarrow })
  return (
    <svg
      className="gate"
      role="img"
      aria-label={`The gate. ${gate.says}`}
      viewBox={`${-margin} ${-margin} ${gate.width + 2 * margin} ${gate.height + 2 * margin}`}
      data-testid="gate"
    >
      {gate.lines.map((line) => (
        <LineShape key={`${line.from.id} ${line.to.id}`} line={line} isNarrow={isNarrow} />
      ))}
      {gate.stations.map((station) => (
        <StationShape key={station.id} station={station} />
      ))}
      {gate.lines.map((line) => (
        <LineLabel key={`${line.from.id} ${line.to.id}`} line={line} isNarrow={isNarrow} />
      ))}
    </svg>
  )
}

function LineShape({ line, isNarrow }: { readonly line: Line; readonly isNarrow: boolean }) {
  return <path className={`line line-${line.standing}`} d={isNarrow ? down(line) : across(line)} />
}

function LineLabel({ line, isNarrow }: { readonly line: Line; readonly isNarrow: boolean }) {
  if (line.label === '') return null
  const { from, to } = line
  const x = isNarrow ? (from.x + to.x + box.width) / 2 : (from.x + box.width + to.x) / 2
  const y = isNarrow ? (from.y + box.height + to.y) / 2 + 4 : (from.y + to.y + box.height) / 2 - 8
  return (
    <text className="label" x={x} y={y}>
      {line.label}
    </text>
  )
}

function across({ from, to }: Line): string {
  const [x1, y1, x2, y2] = [from.x + box.width, from.y + box.height / 2, to.x, to.y + box.height / 2]
  const middle = (x1 + x2) / 2
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}

function down({ from, to }: Line): string {
  const [x1, y1, x2, y2] = [from.x + box.width / 2, from.y + box.height, to.x + box.width / 2, to.y]
  const middle = (y1 + y2) / 2
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`
}

function StationShape({ station }: { readonly station: Station }) {
  const { x, y, standing } = station
  const title = visible(station.title)
  return (
    <g transform={`translate(${x} ${y})`}>
      <title>{`${title}: ${station.word}`}</title>
      <rect className="box" width={box.width} height={box.height} rx={10} />
      <circle className={`lamp-${standing}`} cx={18} cy={22} r={standing === 'off' ? 4 : 5} />
      <text className="title" x={32} y={27}>
        {fit(title, 17)}
      </text>
      <text className="word" x={32} y={46}>
        {fit(station.word, 20)}
      </text>
    </g>
  )
}
