/**
 * A PAC file, run: a stranger's program in an engine of its own, on a thread of its own, for a moment, with little memory.
 *
 * The engine is WebAssembly and sees nothing of this process. Each question gets a fresh
 * one, so that nothing is remembered from one to the next; and a thread that can be
 * ended, because the engine looks at the time only every ten thousand steps, and a step may be long.
 *
 * @module
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { printable } from '@sallygate/base/printable'
import { dialFailure } from '../failures.ts'
import { authority } from './address.ts'
import type { Target } from './bypass.ts'

/** The largest anybody has shown in public is some hundred kilobytes. */
export const maxPacBytes = 512 * 1024
/** A busy machine needs half a second to start the thread. */
const runMs = 5000
const maxAnswer = 2000

/** @returns what FindProxyForURL says. @throws DIAL_PROXY_PAC_FAILED. */
export async function askPac(script: string, { host, port }: Target): Promise<string> {
  // As browsers do: nothing of the path. PAC files think in pages, so the relay is one, whatever it speaks inside.
  const workerData = { script, host, url: `https://${authority(host, port)}/` }
  const program = new URL(`./pac-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(program, { workerData, env: {}, resourceLimits: { maxOldGenerationSizeMb: 64 } })
  const said = Promise.withResolvers<unknown>()
  // Not our own clock: this bounds the processor, and a clock that a test holds still would let it run for ever.
  const timer = setTimeout(() => said.reject(new Error(`it ran for more than ${runMs} ms`)), runMs)
  worker.on('message', (message) => said.resolve(message))
  worker.on('error', (error) => said.reject(error))
  worker.on('exit', () => said.reject(new Error('it gives no answer')))
  try {
    const { answer, reason } = (await said.promise) as { readonly answer?: unknown; readonly reason?: string }
    if (reason !== undefined) throw new Error(reason)
    if (typeof answer !== 'string' || answer.length > maxAnswer) throw new Error('its answer is not a short text')
    return answer
  } catch (cause) {
    const reason = printable((cause as Error).message).slice(0, 200)
    throw dialFailure('PROXY_PAC_FAILED', { cause, details: { reason } })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
