/**
 * `npm run chaos`: things are done to a running system, by number, and what came of it goes into docs/reliability.md.
 *
 *   npm run chaos                  every scenario, one after the other
 *   npm run chaos T02 T15          these
 *   npm run chaos -- --short       short versions, at a quarter of the load
 *   npm run chaos -- --seed 7      another seed than the usual one
 *   npm run chaos -- --list        what there is
 *
 * Needs slapd, and for some root with nft and ip; what cannot run here says why.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { scenarios } from '../e2e/chaos/all.ts'
import { runScenario, type Result } from '../e2e/chaos/scenario.ts'
import { root } from './source-files.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: '20261122' },
    list: { type: 'boolean', default: false },
    'no-write': { type: 'boolean', default: false },
  },
})
const page = join(root, 'docs/reliability.md')
const [begin, end] = ['<!-- chaos: begin -->', '<!-- chaos: end -->']
const seed = Number(options.seed)
const wanted = scenarios.filter(({ id }) => positionals.length === 0 || positionals.includes(id))
const unknown = positionals.filter((id) => !scenarios.some((one) => one.id === id))

if (options.list || unknown.length > 0) {
  for (const id of unknown) console.error(`there is no scenario ${id}`)
  for (const { id, says } of scenarios) console.log(`${id.padEnd(6)} ${says}`)
  process.exitCode = unknown.length > 0 ? 2 : 0
} else {
  // What was started is ended by what runs at exit.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  console.log(`seed ${seed}`)
  let failed = 0
  for (const scenario of wanted) {
    console.log(`\n${scenario.id}: ${scenario.says}`)
    const result = await runScenario(scenario, seed, options.short)
    const because = result.because === '' ? '' : `: ${result.because}`
    console.log(`${scenario.id} ${result.held}${because} (${result.seconds} s)`)
    for (const figure of result.figures) console.log(`  ${figure}`)
    if (result.held === 'fails') failed++
    if (!options['no-write'] && !options.short) record(result)
  }
  process.exit(failed > 0 ? 1 : 0)
}

/** Its row replaces the one from before; rows of other scenarios stay as they are. */
function record(result: Result): void {
  const text = readFileSync(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < 0) throw new Error('docs/reliability.md has no place for the results')
  const rows = new Map(
    text
      .slice(from, to)
      .split('\n')
      .filter((line) => /^\| [A-Z]/.test(line))
      .map((line) => [line.split('|')[1]?.trim() ?? '', line]),
  )
  rows.set(result.id, rowOf(result))
  const sorted = [...rows].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, row]) => row)
  const table = ['| | What is done | Last result | Figures | When |', '|---|---|---|---|---|', ...sorted].join('\n')
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${machine()}\n\n${table}\n\n${text.slice(to)}`)
}

function rowOf({ id, says, held, because, figures, seconds }: Result): string {
  const cell = (text: string) => text.replaceAll('|', '/').replaceAll('\n', ' ')
  const result = because === '' ? held : `${held}: ${because.slice(0, 200)}`
  const when = `${new Date().toISOString().slice(0, 10)}, ${seconds} s`
  return `| ${id} | ${cell(says)} | ${cell(result)} | ${cell(figures.join('; '))} | ${when} |`
}

function machine(): string {
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  return `Seed ${seed}; ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${gibibytes} GiB, Linux ${release()}, Node ${process.versions.node}.`
}
