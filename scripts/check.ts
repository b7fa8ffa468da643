/**
 * `npm run check`: what a change must keep, in under a minute.
 *
 * Types, lint, format, layers, documents, and the unit tests but for the slow
 * suites. `--without-tests` leaves the last out, for a run that calls `npm test` right after.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { slowSuites } from './slow-suites.ts'
import { root } from './source-files.ts'

interface Step {
  /** A promise, in words: it is what fails. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

const bin = (name: string) => join(root, 'node_modules/.bin', name)
const script = (name: string): readonly string[] => [join(root, 'scripts', name)]

const steps: readonly Step[] = [
  { name: 'types hold', command: bin('tsc'), args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of the browser UI hold', command: bin('tsc'), args: ['--noEmit', '-p', 'apps/web/tsconfig.json'] },
  { name: 'no lint', command: bin('oxlint'), args: ['--type-aware', '.'] },
  { name: 'formatted', command: bin('oxfmt'), args: ['--check', '.'] },
  { name: 'layers kept', command: process.execPath, args: script('check-layers.ts') },
  { name: 'documents true', command: process.execPath, args: script('check-docs.ts') },
  ...(process.argv.includes('--without-tests')
    ? []
    : [
        {
          name: 'unit tests pass',
          command: bin('vitest'),
          args: [
            'run',
            '--reporter=dot',
            ...['packages', 'protocols', 'services', 'apps', 'scripts'].map((folder) => `${folder}/`),
            ...slowSuites.flatMap(({ pattern }) => ['--exclude', pattern]),
          ],
        },
      ]),
]

const results = await Promise.all(steps.map(runStep))
for (const { step, ok, output, seconds } of results) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${step.name} (${seconds.toFixed(1)} s)`)
  if (!ok) console.log(output)
}
process.exitCode = results.every((result) => result.ok) ? 0 : 1

async function runStep(step: Step): Promise<{ step: Step; ok: boolean; output: string; seconds: number }> {
  const startedMs = performance.now()
  const child = spawn(step.command, step.args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null))
    child.on('close', resolve)
  })
  return {
    step,
    ok: code === 0,
    output: Buffer.concat(output).toString('utf8'),
    seconds: (performance.now() - startedMs) / 1000,
  }
}
