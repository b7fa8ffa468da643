/**
 * The relay link: the console's own outbound session, kept for as long as a relay is set.
 *
 * It moves cargo and pushes admission lists; what is in a cargo is for others.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { FailureReport } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import {
  dial,
  dialFailure,
  type DialTuning,
  type HopClient,
  type RosterEvent,
  type Sending,
  type SendOptions,
} from '@sallygate/dial'
import { consoleAddress, signWith, type Address, type RosterEntry } from '@sallygate/hop'
import { certificatePem } from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'
import { software } from '../version.ts'
import type { RelaySettings } from './relay-settings.ts'

export interface RelayLinkHandlers {
  readonly onCargo: (from: Address, cargo: Buffer, acknowledge: () => void) => void
  readonly onRoster: (entries: readonly RosterEntry[]) => void
  readonly onRosterChange: (event: RosterEvent, entry: RosterEntry) => void
  readonly onAttached: () => void
  readonly onLost: () => void
}

export interface RelayLinkOptions {
  readonly installation: Installation
  readonly clock: Clock
  readonly log: Log
  readonly handlers: RelayLinkHandlers
  readonly tuning?: Partial<DialTuning>
}

export type RelayLinkState = 'off' | 'connecting' | 'attached' | 'waiting' | 'refused' | 'draining' | 'stopped'

export class RelayLink {
  readonly #options: RelayLinkOptions
  #client: HopClient | undefined
  #wasAttached = false

  constructor(options: RelayLinkOptions) {
    this.#options = options
  }

  get isAttached(): boolean {
    return this.#client?.state.kind === 'attached'
  }

  status(): { readonly state: RelayLinkState; readonly url?: string; readonly failure?: FailureReport } {
    const status = this.#client?.status()
    if (status === undefined) return { state: 'off' }
    const { state, relayUrl: url } = status
    if (state === 'attached' || status.lastFailure === undefined) return { state, url }
    const { at: _, ...failure } = status.lastFailure
    return { state, url, failure }
  }

  /** Dials where the settings say from now on. @throws DIAL_BAD_URL; the old session is then still there. */
  async use(settings: RelaySettings | undefined): Promise<void> {
    const next = settings?.enabled === true ? this.#dial(settings) : undefined
    const before = this.#client
    this.#client = next
    await before?.stop()
  }

  send(to: Address, cargo: Uint8Array, options: SendOptions): Sending | undefined {
    return this.#client?.send(to, cargo, options)
  }

  /** @throws DIAL_NOT_ATTACHED, DIAL_ADMISSION_REFUSED, DIAL_LOST. */
  async admit(number: number, signed: Uint8Array): Promise<void> {
    if (this.#client === undefined) throw dialFailure('NOT_ATTACHED')
    await this.#client.admit(number, signed)
  }

  async stop(): Promise<void> {
    await this.#client?.stop()
  }

  #dial(settings: RelaySettings): HopClient {
    const { installation, clock, log, handlers, tuning } = this.#options
    const { console, relay, root, channel } = installation
    const client: HopClient = dial({
      relayUrl: settings.internalUrl,
      tls: { ca: [certificatePem(root), ...(settings.tlsCa === undefined ? [] : [settings.tlsCa])] },
      address: consoleAddress(console),
      publicKey: channel.publicPoint,
      sign: signWith(channel.privateKey),
      expectedRelay: relay,
      software,
      clock,
      log: log.with({ link: 'relay' }),
      ...(tuning === undefined ? {} : { tuning }),
      onCargo: (from, cargo, _ttlMs, acknowledge) => handlers.onCargo(from, cargo, acknowledge),
      onRoster: handlers.onRoster,
      onRosterChange: handlers.onRosterChange,
      onState: (state) => {
        const isAttached = state.kind === 'attached'
        if (isAttached && !this.#wasAttached) queueMicrotask(handlers.onAttached)
        if (!isAttached && this.#wasAttached) handlers.onLost()
        this.#wasAttached = isAttached
      },
    })
    return client
  }
}
