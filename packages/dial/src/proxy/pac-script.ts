/**
 * A PAC file, run: a stranger's program in an engine of its own, for a moment, with little memory.
 *
 * The engine is WebAssembly and sees nothing of this process. Each question gets a fresh
 * one, so that nothing is remembered from one to the next.
 *
 * @module
 */
import { dialFailure } from '../failures.ts'
import { printable } from '../system-errors.ts'
import type { Target } from './bypass.ts'
import { authority } from './address.ts'
import { pacFunctions } from './pac-functions.ts'

/** The largest anybody has shown in public is some hundred kilobytes. */
export const maxPacBytes = 512 * 1024
const memoryBytes = 32 * 1024 * 1024
const runMs = 1000
const maxAnswer = 2000

/** @returns what FindProxyForURL says. @throws DIAL_PROXY_PAC_FAILED. */
export async function askPac(script: string, { host, port }: Target): Promise<string> {
  // Loaded here: most connectors never see a PAC file, and an engine is a fifth of what one of them weighs.
  const [{ createPacResolver }, { QuickJS }] = await Promise.all([import('pac-resolver'), import('quickjs-wasi')])
  // Not our own clock: this bounds the processor, and a clock that a test holds still would let it run for ever.
  const untilMs = performance.now() + runMs
  using engine = await QuickJS.create({
    memoryLimit: memoryBytes,
    interruptHandler: () => performance.now() > untilMs,
    timezoneOffset: 'host',
  })
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('it promises an answer and gives none')), runMs)
  try {
    const ask = createPacResolver(engine, script, { sandbox: { ...pacFunctions } })
    // As browsers do: nothing of the path. PAC files think in pages, so the relay is one, whatever it speaks inside.
    const url = `https://${authority(host, port)}/`
    const answer: unknown = await Promise.race([ask(url, host), late.promise])
    if (typeof answer !== 'string' || answer.length > maxAnswer) throw new Error('its answer is not a short text')
    return answer
  } catch (cause) {
    const reason = performance.now() > untilMs ? `it ran for more than ${runMs} ms` : saidBy(cause)
    throw dialFailure('PROXY_PAC_FAILED', { cause, details: { reason } })
  } finally {
    clearTimeout(timer)
  }
}

function saidBy(cause: unknown): string {
  const { message } = cause as { message?: unknown }
  return printable(String(message ?? cause)).slice(0, 200)
}
