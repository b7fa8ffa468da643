/**
 * Masks of a QR code, and how bad one looks to a reader (ISO/IEC 18004).
 *
 * @module
 */
import type { Modules } from './qr.ts'

export const masks: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => ((i >> 1) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
]

export function penalty(modules: Modules): number {
  const size = modules.length
  const columns = modules.map((_, at) => modules.map((row) => row[at] === true))
  let sum = 0
  for (const line of [...modules, ...columns]) {
    for (const run of line
      .map((dark) => (dark ? '1' : '0'))
      .join('')
      .match(/0+|1+/g) ?? []) {
      if (run.length >= 5) sum += run.length - 2
    }
    const text = `0000${line.map((dark) => (dark ? '1' : '0')).join('')}0000`
    sum += 40 * (text.match(/(?=00001011101|10111010000)/g)?.length ?? 0)
  }
  let dark = 0
  for (const [i, row] of modules.entries()) {
    for (const [j, one] of row.entries()) {
      if (one) dark++
      const below = modules[i + 1]
      if (below !== undefined && j + 1 < size && row[j + 1] === one && below[j] === one && below[j + 1] === one)
        sum += 3
    }
  }
  return sum + 10 * Math.floor(Math.abs((dark * 20) / (size * size) - 10))
}
