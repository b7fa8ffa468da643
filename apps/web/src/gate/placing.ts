/**
 * Where the stations of the picture stand: in columns on a desk, below each other on a phone.
 *
 * @module
 */
import type { Station, Gate } from './gate.ts'
import type { Sketch } from './stations.ts'

export const box = { width: 168, height: 62 } as const

const gap = { across: 78, along: 22 } as const

type Placed = Pick<Gate, 'width' | 'height' | 'stations'>

export function placeAcross(columns: readonly (readonly Sketch[])[]): Placed {
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
export function placeDown(columns: readonly (readonly Sketch[])[]): Placed {
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

/** Shortened for the box it stands in; the whole text stays in its title. */
export function fit(text: string, most: number): string {
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}
