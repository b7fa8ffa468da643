/**
 * Where the PAC file comes from: a path, read anew when it changed, or an address, fetched anew now and then.
 *
 * An address is asked directly: it stands in the internal network, and how to get out is
 * what it is asked about. When it is away, the last good copy stands in for it.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { dialFailure } from '../failures.ts'
import { authoritiesOf, type TlsOptions } from '../path.ts'
import { errorCode } from '../system-errors.ts'
import { maxPacBytes } from './pac-script.ts'

export interface PacSourceOptions {
  /** http://, https://, or a path. */
  readonly place: string
  readonly tls: TlsOptions
  readonly clock: Clock
  readonly timeoutMs: number
  readonly log: Log
}

/** As long as a browser keeps one, about. */
const freshMs = 10 * 60_000

export class PacSource {
  readonly #options: PacSourceOptions
  #kept: { readonly script: string; readonly atMs: number } | undefined

  constructor(options: PacSourceOptions) {
    this.#options = options
  }

  get place(): string {
    return this.#options.place
  }

  /** @throws DIAL_PROXY_PAC_UNREADABLE; or the signal's reason. */
  async read(signal: AbortSignal): Promise<string> {
    const { place, clock, log } = this.#options
    if (!/^https?:/i.test(place)) return readPacFile(place)
    if (this.#kept !== undefined && clock.monotonicMs() - this.#kept.atMs < freshMs) return this.#kept.script
    try {
      const script = await fetchPac(this.#options, signal)
      this.#kept = { script, atMs: clock.monotonicMs() }
      return script
    } catch (failure) {
      if (this.#kept === undefined || !dialFailure.is(failure)) throw failure
      log.warn('the PAC file cannot be fetched; the last good one is used', { failure })
      return this.#kept.script
    }
  }
}

function readPacFile(path: string): string {
  try {
    const content = readFileSync(path)
    if (content.length > maxPacBytes) throw new Error('too large')
    return content.toString('utf8')
  } catch (cause) {
    throw unreadable(path, errorCode(cause), cause)
  }
}

function fetchPac({ place, tls, clock, timeoutMs }: PacSourceOptions, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const isTls = /^https:/i.test(place)
    // No agent, and with it no proxy of the environment and no connection that is kept.
    const options = { agent: false, signal, headers: { 'user-agent': 'sallygate', accept: '*/*' } } as const
    const asked = isTls
      ? requestTls(place, { ...options, ca: authoritiesOf(tls), minVersion: 'TLSv1.2' })
      : requestPlain(place, options)
    const timer = clock.after(timeoutMs, () => asked.destroy(unreadable(place, `no answer in ${timeoutMs} ms`)))
    const fail = (cause: unknown) => {
      timer.cancel()
      asked.destroy()
      if (signal.aborted) reject(signal.reason as Error)
      else reject(dialFailure.is(cause) ? cause : unreadable(place, errorCode(cause), cause))
    }
    asked.on('error', fail)
    asked.on('response', (response) => {
      // Not followed: where the file is, the settings say.
      if (response.statusCode !== 200) return fail(new Error(`HTTP ${response.statusCode}`))
      const parts: Buffer[] = []
      let length = 0
      response.on('error', fail)
      response.on('data', (part: Buffer) => {
        length += part.length
        if (length > maxPacBytes) return fail(new Error('too large'))
        parts.push(part)
      })
      response.on('end', () => {
        timer.cancel()
        resolve(Buffer.concat(parts).toString('utf8'))
      })
      response.on('close', () => fail(new Error('closed before its end')))
    })
    asked.end()
  })
}

function unreadable(place: string, reason: string, cause?: unknown) {
  return dialFailure('PROXY_PAC_UNREADABLE', { cause, details: { pac: withoutSecrets(place), reason } })
}

/** An address may hold a password or a token that somebody has put there. */
function withoutSecrets(place: string): string {
  if (!URL.canParse(place)) return place.slice(0, 300)
  const url = new URL(place)
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 300)
}
