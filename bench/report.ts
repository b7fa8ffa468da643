/**
 * What a benchmark says: figures, each beside what it is compared with in the same run.
 *
 * A program calls `report` once. The table goes to the terminal, the same as JSON to
 * `bench/results/<name>.json`, from which `docs/performance.md` and the check against
 * silent regressions are made. Percentiles are of all samples, not of averages.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'

export interface Figure {
  readonly name: string
  readonly value: number
  /** `/s`, `ms`, `us`, `KiB`, `MB`, `%`. */
  readonly unit: string
  /** What a user would pick instead, measured in the same run. */
  readonly beside?: { readonly name: string; readonly value: number }
  /** What is aimed for, in words, and whether it was reached. */
  readonly aim?: { readonly says: string; readonly isReached: boolean }
  /** A gate: the program ends with 1 where it is not reached. */
  readonly must?: { readonly says: string; readonly isReached: boolean }
}

export interface BenchReport {
  readonly bench: string
  readonly says: string
  readonly at: string
  readonly machine: string
  readonly figures: readonly Figure[]
  /** Sorted latencies in ms, thinned to at most 1,000: for the pictures. */
  readonly distributions?: Readonly<Record<string, readonly number[]>>
  readonly notes?: readonly string[]
}

export function report(
  bench: string,
  says: string,
  figures: readonly Figure[],
  more: Pick<BenchReport, 'distributions' | 'notes'> = {},
): void {
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
  const full: BenchReport = { bench, says, at: new Date().toISOString(), machine, figures, ...more }
  const directory = join(import.meta.dirname, 'results')
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, `${bench}.json`), `${JSON.stringify(full, null, 2)}\n`)
  console.log(`\n${bench}: ${says}\n${machine}`)
  for (const line of table(figures)) console.log(line)
  for (const note of more.notes ?? []) console.log(`  ${note}`)
  if (figures.some(({ must }) => must?.isReached === false)) process.exitCode = 1
}

/** `beside` over `value` where less is better, `value` over `beside` where more is. Above 1 is better than the other. */
export function ratioOf({ value, unit, beside }: Figure): number | undefined {
  if (beside === undefined || value === 0 || beside.value === 0) return undefined
  return unit === '/s' ? value / beside.value : beside.value / value
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Every n-th of the sorted samples, so that a thousand are left. */
export function thinned(samples: readonly number[]): readonly number[] {
  const sorted = samples.toSorted((a, b) => a - b)
  const step = Math.max(1, sorted.length / 1000)
  return Array.from({ length: Math.min(1000, sorted.length) }, (_, at) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(at * step))] ?? 0),
  )
}

export function round(value: number): number {
  return Number(value.toPrecision(4))
}

function table(figures: readonly Figure[]): readonly string[] {
  const rows = figures.map((figure) => {
    const ratio = ratioOf(figure)
    const goal = figure.must ?? figure.aim
    return [
      figure.name,
      `${round(figure.value)} ${figure.unit}`,
      figure.beside === undefined ? '' : `${figure.beside.name}: ${round(figure.beside.value)} ${figure.unit}`,
      ratio === undefined ? '' : `ratio ${ratio.toFixed(2)}`,
      goal === undefined
        ? ''
        : `${figure.must === undefined ? 'aim' : 'must'} ${goal.says}: ${goal.isReached ? 'reached' : 'MISSED'}`,
    ]
  })
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}
