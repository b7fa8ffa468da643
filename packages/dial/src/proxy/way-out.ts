/**
 * The way out: through which proxy a target is dialled, or that it may be dialled directly.
 *
 * Nothing falls back to a direct connection. Directly is dialled what the bypass list
 * names, and what a PAC file calls DIRECT where that is allowed; everything else goes
 * through a proxy or nowhere.
 *
 * @module
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { printable } from '@sallygate/base/printable'
import { dialFailure, type DialFailure } from '../failures.ts'
import { openDirectly, type Connect, type TlsOptions } from '../path.ts'
import { failed, type CheckRow } from '../finding.ts'
import { authority, type ProxyAddress } from './address.ts'
import type { Bypass, Target } from './bypass.ts'
import type { ProxyCredentials } from './credentials.ts'
import { nobodyWatches, type HopWatch } from './hops.ts'
import type { Scheme } from './login.ts'
import { parsePacAnswer } from './pac-answer.ts'
import { askPac } from './pac-script.ts'
import { PacSource } from './pac-source.ts'
import { RowWatch } from './row-watch.ts'
import { openTunnel } from './tunnel.ts'

export interface WayOutOptions {
  readonly from: ProxyAddress | PacSource
  /** The setting that names the proxy, for people. */
  readonly saidBy: string
  readonly bypass: Bypass
  readonly isDirectAllowed: boolean
  /** In the order in which they are to be tried. */
  readonly schemes: readonly Scheme[]
  readonly credentials: ProxyCredentials
  /** For the certificate of the proxy itself. */
  readonly tls: TlsOptions
  readonly clock: Clock
  readonly log: Log
  /** Per hop. */
  readonly timeoutMs: number
}

type Way = { readonly kind: 'proxy'; readonly proxy: ProxyAddress } | { readonly kind: 'direct' }

interface Choice {
  readonly ways: readonly Way[]
  /** For people: what decided. */
  readonly because: string
}

/** Another proxy would judge the same password, or ask for the same file. */
const final = new Set(['DIAL_PROXY_LOGIN_REFUSED', 'DIAL_PROXY_CREDENTIALS_FILE'])

export class WayOut {
  readonly #options: WayOutOptions
  #last: string | undefined

  constructor(options: WayOutOptions) {
    this.#options = options
  }

  /** How the last connection went out, in words; `undefined` before the first. */
  get last(): string | undefined {
    return this.#last
  }

  /** Opens a stream to the target. @throws DIAL_*; or the signal's reason. */
  readonly connect: Connect = async (target, signal) => await this.#open(target, nobodyWatches, signal)

  /**
   * Opens a way and closes it again, to say what each hop did.
   *
   * @returns `isDirect` when no proxy is on the way; the rows of a failure end with it.
   */
  async explain(
    target: Target,
    signal: AbortSignal,
  ): Promise<{ readonly rows: readonly CheckRow[]; readonly isDirect: boolean }> {
    const watch = new RowWatch(this.#options.clock)
    watch.enter('way out')
    try {
      const { ways, because } = await this.#choose(target, signal)
      const isDirect = ways.every(({ kind }) => kind === 'direct')
      watch.found(because)
      if (isDirect) return { rows: watch.rows, isDirect }
      const stream = await this.#walk(ways, target, watch, signal)
      stream.on('error', () => undefined)
      stream.destroy()
      return { rows: watch.rows, isDirect }
    } catch (error) {
      watch.failed(failed(error))
      return { rows: watch.rows, isDirect: false }
    }
  }

  async #open(target: Target, watch: HopWatch, signal: AbortSignal): Promise<Duplex> {
    const { ways } = await this.#choose(target, signal)
    return await this.#walk(ways, target, watch, signal)
  }

  async #walk(ways: readonly Way[], target: Target, watch: HopWatch, signal: AbortSignal): Promise<Duplex> {
    const failures: DialFailure[] = []
    for (const [index, way] of ways.entries()) {
      try {
        return await this.#take(way, target, watch, signal)
      } catch (error) {
        if (!dialFailure.is(error) || final.has(error.code) || signal.aborted) throw error
        failures.push(error)
        if (index < ways.length - 1) watch.passed(error)
      }
    }
    const last = failures.at(-1)
    if (last === undefined) throw new Error('no way was chosen, and none was refused')
    throw last
  }

  async #take(way: Way, target: Target, watch: HopWatch, signal: AbortSignal): Promise<Duplex> {
    const { schemes, credentials, tls, clock, timeoutMs } = this.#options
    if (way.kind === 'direct') {
      const stream = await openDirectly(target, { clock, timeoutMs }, signal)
      this.#last = 'directly'
      return stream
    }
    const options = { schemes, credentials, tls, clock, timeoutMs, watch }
    const { stream, scheme } = await openTunnel(way.proxy, target, options, signal)
    const login = scheme === undefined ? 'without a login' : `with a ${scheme} login`
    this.#last = `through the proxy ${way.proxy.shown}${way.proxy.isTls ? ' over TLS' : ''}, ${login}`
    return stream
  }

  async #choose(target: Target, signal: AbortSignal): Promise<Choice> {
    const { bypass, from, saidBy } = this.#options
    const entry = bypass(target)
    if (entry !== undefined) {
      return { ways: [{ kind: 'direct' }], because: `Directly: the bypass list names ${entry}.` }
    }
    if (from instanceof PacSource) return await this.#askPac(from, target, signal)
    return { ways: [{ kind: 'proxy', proxy: from }], because: `Through the proxy ${from.shown}, as ${saidBy} says.` }
  }

  async #askPac(pac: PacSource, target: Target, signal: AbortSignal): Promise<Choice> {
    const script = await pac.read(signal)
    const answer = await askPac(script, target)
    const all = parsePacAnswer(answer)
    const ways = all.filter(({ kind }) => kind === 'proxy' || this.#options.isDirectAllowed)
    const shown = printable(answer).slice(0, 200)
    if (ways.length === 0) {
      const details = { target: authority(target.host, target.port), answer: shown }
      throw dialFailure('PROXY_NO_WAY', { details })
    }
    return { ways, because: `The PAC file says: ${shown}` }
  }
}
