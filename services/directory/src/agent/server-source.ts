/**
 * Where the list of servers comes from: the settings, and DNS behind them.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import type { DraftSettings } from '../contract.ts'
import { discover, requireFound, type Discovered } from './discovery.ts'
import { onceEach, type ServerEntry } from './server-entry.ts'

/** How long an answer of DNS is used. A new domain controller is nobody's emergency. */
const freshMs = 10 * 60_000
/** After a look-up that found nothing, and for those that ask meanwhile. */
const retryMs = 5000

export interface ServerSource {
  /** In order of preference. @throws DIRECTORY_DISCOVERY_FAILED. */
  list(context: OperationContext): Promise<readonly ServerEntry[]>
  /** What is known without asking. */
  readonly known: readonly ServerEntry[]
  readonly site: string | undefined
}

type Settings = Pick<DraftSettings, 'type' | 'encryption' | 'servers' | 'discovery'>

export function serversByHand({ servers }: Pick<DraftSettings, 'servers'>): readonly ServerEntry[] {
  return servers.map(({ isBackup, ...server }) => ({ server, from: 'byHand', isBackup: isBackup === true }))
}

export class SettingsServers implements ServerSource {
  readonly #settings: Settings
  readonly #host: Pick<ServiceHost, 'target' | 'clock' | 'locate' | 'log'>
  readonly #byHand: readonly ServerEntry[]
  #found: { readonly discovered: Discovered; readonly atMs: number } | undefined
  #failed: { readonly failure: Failure; readonly atMs: number } | undefined
  #asking: Promise<void> | undefined

  constructor(settings: Settings, host: Pick<ServiceHost, 'target' | 'clock' | 'locate' | 'log'>) {
    this.#settings = settings
    this.#host = host
    this.#byHand = serversByHand(settings)
  }

  get known(): readonly ServerEntry[] {
    return onceEach([...this.#byHand, ...(this.#found?.discovered.entries ?? [])])
  }

  get site(): string | undefined {
    return this.#found?.discovered.site?.name
  }

  async list(context: OperationContext): Promise<readonly ServerEntry[]> {
    if (this.#settings.discovery === undefined) return this.#byHand
    const now = this.#host.clock.monotonicMs()
    const isFresh = this.#found !== undefined && now - this.#found.atMs < freshMs
    if (isFresh) return this.known
    const isTooSoon = this.#failed !== undefined && now - this.#failed.atMs < retryMs
    if (isTooSoon) return this.#without(this.#failed?.failure)
    this.#asking ??= this.#ask(context).finally(() => (this.#asking = undefined))
    await this.#asking
    return this.#without(this.#failed?.failure)
  }

  /** What was known before goes on while DNS is silent. */
  #without(failure: Failure | undefined): readonly ServerEntry[] {
    if (this.known.length === 0 && failure !== undefined) throw failure
    return this.known
  }

  async #ask(context: OperationContext): Promise<void> {
    const { discovery } = this.#settings
    const { clock, log } = this.#host
    if (discovery === undefined) return
    try {
      const discovered = await discover({ ...this.#settings, discovery }, this.#host, context)
      requireFound(discovered, discovery.domain)
      const before = this.#found?.discovered.site?.name
      const { site, siteFailure, entries } = discovered
      if (before !== site?.name || this.#found === undefined) {
        log.info('directory servers found', {
          domain: discovery.domain,
          servers: entries.length,
          site: site?.name ?? '',
          ...(siteFailure === undefined ? {} : { siteFailure }),
        })
      }
      this.#found = { discovered, atMs: clock.monotonicMs() }
      this.#failed = undefined
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      log.warn('no directory servers found', { domain: discovery.domain, code: error.code })
      this.#failed = { failure: error, atMs: clock.monotonicMs() }
    }
  }
}
