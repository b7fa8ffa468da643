/**
 * `npm run check`: what a change must keep, in under a minute on two free cores.
 *
 * Types, lint, format, layers, documents, and the unit tests but for the slow
 * suites. `--without-tests` leaves the last out, for a run that calls `npm test` right after.
 * Each step says how it went as soon as it has ended, and none may go on for ever.
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

/** A step that takes longer hangs: even a machine many times slower than the one this is written on needs less. */
const stepLimitMinutes = 10

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
            // By itself it would leave a core to the person at the machine, and half of two is half the speed.
            '--maxWorkers=2',
            ...['packages', 'protocols', 'services', 'apps', 'scripts'].map((folder) => `${folder}/`),
            ...slowSuites.flatMap(({ pattern }) => ['--exclude', pattern]),
          ],
        },
      ]),
]

const results = await Promise.all(
  steps.map(async (step) => {
    const { ok, output, seconds } = await runStep(step)
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${step.name} (${seconds.toFixed(1)} s)`)
    if (!ok) console.log(output)
    return ok
  }),
)
process.exitCode = results.every(Boolean) ? 0 : 1

async function runStep(step: Step): Promise<{ ok: boolean; output: string; seconds: number }> {
  const startedMs = performance.now()
  const child = spawn(step.command, step.args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: stepLimitMinutes * 60_000,
    killSignal: 'SIGKILL',
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const outcome = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? 'ok' : signal === null ? '' : `ended by ${signal}`))
  })
  const text = Buffer.concat(output).toString('utf8')
  return {
    ok: outcome === 'ok',
    output: outcome === '' ? text : `${text}\n${outcome}`,
    seconds: (performance.now() - startedMs) / 1000,
  }
}
