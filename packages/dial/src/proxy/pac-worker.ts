/**
 * The thread a PAC file runs on. It answers one question and ends; whoever asked ends it when it takes too long.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createPacResolver } from 'pac-resolver'
import { QuickJS } from 'quickjs-wasi'
import { pacEngine } from './pac-engine.ts'
import { pacFunctions } from './pac-functions.ts'

const { script, url, host } = workerData as { readonly script: string; readonly url: string; readonly host: string }

try {
  const engine = await QuickJS.create({ wasm: await pacEngine(), timezoneOffset: 'host' })
  const ask = createPacResolver(engine, script, { sandbox: { ...pacFunctions } })
  parentPort?.postMessage({ answer: await ask(url, host) })
} catch (cause) {
  const { message } = cause as { readonly message?: unknown }
  parentPort?.postMessage({ reason: String(message ?? cause).slice(0, 1000) })
}
