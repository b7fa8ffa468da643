/**
 * `npm run bench [name …]`: runs the benchmarks one after the other, each in its own process.
 *
 *   npm run bench                       all of them
 *   npm run bench gate directory-paths  these
 *   npm run bench -- --list             what there is
 *   npm run bench directory -- --size 10000   with less of everything, where a benchmark knows how
 *   npm run bench -- --check envelope   and fails where a ratio fell to less than 0.6 of the one in bench/results
 *
 * Only ratios are checked: both sides of one were measured in the same run on the same
 * machine. The best of three runs counts, so that a busy moment is no regression; results stay as they were.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchReport } from '../bench/report.ts'
import { fallenRatios } from './bench-ratios.ts'
import { root } from './source-files.ts'

const folder = join(root, 'bench')
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    size: { type: 'string' },
  },
})

/** A benchmark is a program that says so: what it shares with others does not. */
const all = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && readFileSync(join(folder, name), 'utf8').includes('npm run bench '))
  .map((name) => name.slice(0, -3))

const wanted = positionals.length > 0 ? positionals : all
const unknown = wanted.filter((name) => !existsSync(join(folder, `${name}.ts`)))
if (options.list || unknown.length > 0) {
  for (const name of unknown) console.error(`there is no benchmark ${name}`)
  console.log(all.join('\n'))
  process.exitCode = unknown.length > 0 ? 2 : 0
} else {
  const failed = wanted.filter((name) => !(options.check ? check(name) : run(name)))
  for (const name of failed)
    console.log(`${name}: ${options.check ? 'slower than it was' : 'did not reach what it must, or did not end well'}`)
  process.exitCode = failed.length > 0 ? 1 : 0
}

function run(name: string): boolean {
  const more = options.size === undefined ? [] : ['--size', options.size]
  return (
    spawnSync(process.execPath, [join(folder, `${name}.ts`), ...more], { cwd: root, stdio: 'inherit' }).status === 0
  )
}

function check(name: string): boolean {
  const file = join(folder, 'results', `${name}.json`)
  if (!existsSync(file)) return true
  const text = readFileSync(file, 'utf8')
  try {
    const runs: BenchReport[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      if (!run(name)) return false
      runs.push(JSON.parse(readFileSync(file, 'utf8')) as BenchReport)
      const fallen = fallenRatios(JSON.parse(text) as BenchReport, runs)
      if (fallen.length === 0) return true
      for (const line of fallen) console.log(line)
    }
    return false
  } finally {
    writeFileSync(file, text)
  }
}
