/**
 * The relay link: the console's own outbound session, kept for as long as a relay is set.
 *
 * It moves cargo and pushes admission lists; what is in a cargo is for others.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
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
  type Way,
} from '@sallygate/dial'
import { consoleAddress, signWith, type Address, type FrameNamed, type RelayId, type RosterEntry } from '@sallygate/hop'
import type { Installation } from '../certificates/installation.ts'
import { software } from '../version.ts'
import type { RelaySettings } from './relay-settings.ts'
import { directly, relayAuthorities, type WayToRelay } from './way-out.ts'

/**
 * A relay has one console or two, and while it is gone every connector of every group waits for them: no herd to
 * protect it from, so it is looked for every few seconds, also after an hour.
 */
const backOffCapMs = 4000

export interface RelayLinkHandlers {
  readonly onCargo: (from: Address, cargo: Buffer, acknowledge: () => void) => void
  readonly onRoster: (entries: readonly RosterEntry[]) => void
  readonly onRosterChange: (event: RosterEvent, entry: RosterEntry) => void
  /** An instance goes on over another attachment; the signature is still to be verified. */
  readonly onHandedOver: (handOver: FrameNamed<'handedOver'>, relay: RelayId) => void
  /** Also after a hand-over: it may lead to another relay node. */
  readonly onAttached: () => void
  readonly onLost: () => void
}

export interface RelayLinkOptions {
  readonly installation: Installation
  /** Directly, unless said. */
  readonly way?: WayToRelay
  readonly clock: Clock
  readonly log: Log
  readonly handlers: RelayLinkHandlers
  readonly tuning?: Partial<DialTuning>
}

export type RelayLinkState = 'off' | 'connecting' | 'attached' | 'waiting' | 'refused' | 'draining' | 'stopped'

export interface RelayLinkStatus {
  readonly state: RelayLinkState
  readonly url?: string
  readonly way?: Way
  readonly failure?: FailureReport
}

export class RelayLink {
  readonly #options: RelayLinkOptions
  #client: HopClient | undefined
  #settings: RelaySettings | undefined
  /** Which client is the current one. What an earlier one still says is not heard. */
  #turn = 0
  #attachment: string | undefined

  constructor(options: RelayLinkOptions) {
    this.#options = options
  }

  get way(): WayToRelay {
    return this.#options.way ?? directly
  }

  get isAttached(): boolean {
    return this.#client?.state.kind === 'attached'
  }

  status(): RelayLinkStatus {
    const status = this.#client?.status()
    if (status === undefined) return { state: 'off' }
    const { state, relayUrl: url, way } = status
    if (state === 'attached' || status.lastFailure === undefined) return { state, url, way }
    const { at: _, ...failure } = status.lastFailure
    return { state, url, way, failure }
  }

  /** Dials where the settings say from now on. @throws DIAL_BAD_URL; the old session is then still there. */
  async use(settings: RelaySettings | undefined): Promise<void> {
    if (this.#client !== undefined && isDeepStrictEqual(settings, this.#settings)) {
      // Said again by somebody who wants it to be tried now.
      this.#client.dialNow()
      return
    }
    const turn = this.#turn + 1
    const next = settings?.enabled === true ? this.#dial(settings, turn) : undefined
    const before = this.#client
    this.#turn = turn
    this.#client = next
    this.#settings = settings
    this.#moved(undefined)
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

  #dial(settings: RelaySettings, turn: number): HopClient {
    const { installation, clock, log, handlers, tuning } = this.#options
    const { console, relay, channel } = installation
    const { wayOut } = this.way
    const isCurrent = () => turn === this.#turn
    return dial({
      relayUrl: settings.internalUrl,
      tls: { ca: relayAuthorities(installation, settings, this.way) },
      ...(wayOut === undefined ? {} : { connect: wayOut.connect }),
      address: consoleAddress(console),
      publicKey: channel.publicPoint,
      sign: signWith(channel.privateKey),
      expectedRelay: relay,
      software,
      clock,
      log: log.with({ link: 'relay' }),
      tuning: { backOffCapMs, ...tuning },
      onCargo: (from, cargo, _ttlMs, acknowledge) => {
        if (isCurrent()) handlers.onCargo(from, cargo, acknowledge)
      },
      onRoster: (entries) => {
        if (isCurrent()) handlers.onRoster(entries)
      },
      onRosterChange: (event, entry) => {
        if (isCurrent()) handlers.onRosterChange(event, entry)
      },
      onHandedOver: (handOver, relayId) => {
        if (isCurrent()) handlers.onHandedOver(handOver, relayId)
      },
      onState: (state) => {
        if (isCurrent()) this.#moved(state.kind === 'attached' ? state.attachment : undefined)
      },
    })
  }

  #moved(attachment: string | undefined): void {
    const { onAttached, onLost } = this.#options.handlers
    const before = this.#attachment
    this.#attachment = attachment
    // The client is still in the middle of its change of state; what is sent now has to come after it.
    if (attachment !== undefined && attachment !== before) queueMicrotask(onAttached)
    if (attachment === undefined && before !== undefined) onLost()
  }
}
