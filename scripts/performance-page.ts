/**
 * docs/performance.md from bench/results: the tables between its markers, and a picture of
 * each distribution in docs/performance/.
 *
 *   node scripts/performance-page.ts            write
 *   node scripts/performance-page.ts --check    say what differs, and fail if something does
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ratioOf, round, type BenchReport, type Figure } from '../bench/report.ts'
import { distributionPicture } from './distribution-picture.ts'
import { root } from './source-files.ts'

const begin = '<!-- figures: written by scripts/performance-page.ts -->'
const end = '<!-- end of figures -->'

export function performancePage(page: string, reports: readonly BenchReport[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error('docs/performance.md has lost its markers')
  const sections = reports.map(section).join('\n')
  return `${page.slice(0, from)}${begin}\n\n${sections}\n${page.slice(to)}`
}

function section({ bench, says, at, machine, figures, distributions, notes = [] }: BenchReport): string {
  const rows = figures.map(row)
  const picture = distributions === undefined ? [] : [`![Distribution of ${bench}](performance/${bench}.svg)`, '']
  return [
    `### ${bench}`,
    '',
    `${says[0]?.toUpperCase()}${says.slice(1)}. \`npm run bench ${bench}\`, ${at.slice(0, 10)}, ${machine}.`,
    '',
    '| figure | here | beside | ratio | aim |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...picture,
    ...notes.map((note) => `- ${note}`),
    ...(notes.length > 0 ? [''] : []),
  ].join('\n')
}

function row(figure: Figure): string {
  const { name, value, unit, beside, aim, must } = figure
  const ratio = ratioOf(figure)
  const goal = must ?? aim
  const word = must === undefined ? '' : 'must: '
  const cells = [
    name,
    `${round(value)} ${unit}`,
    beside === undefined ? '' : `${beside.name}: ${round(beside.value)} ${unit}`,
    ratio === undefined ? '' : ratio.toFixed(2),
    goal === undefined ? '' : `${word}${goal.says}: ${goal.isReached ? 'reached' : '**missed**'}`,
  ]
  return `| ${cells.join(' | ')} |`
}

export function readReports(folder = join(root, 'bench/results')): readonly BenchReport[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as BenchReport)
}

if (process.argv[1] === import.meta.filename) {
  const pagePath = join(root, 'docs/performance.md')
  const pictures = join(root, 'docs/performance')
  const reports = readReports()
  const wanted = new Map([[pagePath, performancePage(readFileSync(pagePath, 'utf8'), reports)]])
  for (const { bench, distributions } of reports)
    if (distributions !== undefined)
      wanted.set(join(pictures, `${bench}.svg`), distributionPicture(bench, distributions))
  const differing = [...wanted].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
  if (process.argv.includes('--check')) {
    for (const [path] of differing) console.log(`not what bench/results says: ${path.slice(root.length + 1)}`)
    process.exitCode = differing.length > 0 ? 1 : 0
  } else {
    mkdirSync(pictures, { recursive: true })
    for (const [path, text] of differing) writeFileSync(path, text)
  }
}
