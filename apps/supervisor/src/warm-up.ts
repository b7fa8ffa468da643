/**
 * The warm-up: what the parts are made of is compiled while the console, for which they wait, starts.
 *
 * Of a home's very first start only; later ones find what the parts left behind. A child
 * has the programs loaded and linked behind a module that throws, so nothing of them runs,
 * and Node keeps what it compiled. Nobody waits for it: without it everything is as it is, later.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface WarmUpOptions {
  /** The root of the Sallygate sources. */
  readonly programs: string
  /** Where compiled code is kept between starts. */
  readonly cacheDirectory: string
}

/** In the order in which they are needed; the connector's is enrolled by the command. */
const programsToCome = ['relay', 'nac', 'sample-office', 'cli', 'connector']

/** @returns `undefined` where there is compiled code already. */
export function startWarmUp({ programs, cacheDirectory }: WarmUpOptions): { stop(): void } | undefined {
  if (readdirSync(cacheDirectory).length > 0) return undefined
  const urls = programsToCome.map((name) => pathToFileURL(join(programs, 'apps', name, 'src/main.ts')).href)
  const child = spawn(process.execPath, ['--input-type=module'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, NODE_COMPILE_CACHE: cacheDirectory },
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.stdin.end(['data:text/javascript,throw 0', ...urls].map((url) => `import ${JSON.stringify(url)}\n`).join(''))
  child.unref()
  return { stop: () => void child.kill('SIGKILL') }
}
