/**
 * `npm run bench [name …]`: runs the benchmarks one after the other, each in its own process.
 *
 *   npm run bench                    all of them
 *   npm run bench gate directory     these
 *   npm run bench -- --list          what there is
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './source-files.ts'

const folder = join(root, 'bench')
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean', default: false } },
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
  const failed = wanted.filter((name) => {
    const { status } = spawnSync(process.execPath, [join(folder, `${name}.ts`)], { cwd: root, stdio: 'inherit' })
    return status !== 0
  })
  for (const name of failed) console.log(`${name} did not reach what it must, or did not end well`)
  process.exitCode = failed.length > 0 ? 1 : 0
}
