/**
 * The connection to the relay: one client, and for a moment two while the address changes.
 *
 * The new one is attached before the old one is let go, so nothing is lost that was
 * asked in between, and an address that does not work changes nothing.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'
import { parseRelayUrl, type DialStatus, type HopClient, type Sending, type SendOptions } from '@sallygate/dial'
import type { Address } from './addresses.ts'
import { connectorFailure } from './failures.ts'

export interface RelayConnectionOptions {
  readonly relayUrl: string
  /** Called for the state of a client that may since have been replaced. */
  readonly dial: (relayUrl: string, onAttached: (isAttached: boolean) => void) => HopClient
  readonly onAttached: (isAttached: boolean) => void
  /** The session has to be said anew over the new one. */
  readonly onMoved: () => void
  readonly clock: Clock
}

/** The console waits twenty seconds for the answer that says whether it worked. */
const attachWithinMs = 12_000
/** Answers that are on their way over the old one. */
const lingerMs = 2000

export class RelayConnection {
  readonly #options: RelayConnectionOptions
  #client: HopClient
  #relayUrl: string
  readonly #leaving = new Set<HopClient>()

  constructor(options: RelayConnectionOptions) {
    this.#options = options
    this.#relayUrl = options.relayUrl
    this.#client = this.#dial(options.relayUrl)
  }

  /** Where the connector itself dials to. */
  get target(): { readonly host: string; readonly port: number } {
    return parseRelayUrl(this.#relayUrl)
  }

  send(to: Address, cargo: Uint8Array, options: SendOptions): Sending {
    return this.#client.send(to, cargo, options)
  }

  arrived(): Promise<void> {
    return this.#client.arrived()
  }

  attached(signal?: AbortSignal): Promise<void> {
    return this.#client.attached(signal)
  }

  status(): DialStatus {
    return this.#client.status()
  }

  /** @throws DIAL_BAD_URL, CONNECTOR_RELAY_NOT_MOVED; then the connection is what it was. */
  async moveTo(relayUrl: string): Promise<void> {
    if (hrefOf(relayUrl) === hrefOf(this.#relayUrl)) return
    const next = this.#dial(relayUrl)
    try {
      await this.#untilAttached(next)
    } catch (error) {
      await next.stop()
      throw error
    }
    const before = this.#client
    this.#client = next
    this.#relayUrl = relayUrl
    this.#options.onAttached(true)
    this.#options.onMoved()
    this.#leaving.add(before)
    this.#options.clock.after(lingerMs, () => void this.#leave(before), { background: true })
  }

  drain(): Promise<void> {
    return this.#client.drain()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#client, ...this.#leaving].map((client) => client.stop()))
  }

  async #leave(client: HopClient): Promise<void> {
    this.#leaving.delete(client)
    await client.stop()
  }

  #dial(relayUrl: string): HopClient {
    const client: HopClient = this.#options.dial(relayUrl, (isAttached) => {
      if (client === this.#client) this.#options.onAttached(isAttached)
    })
    return client
  }

  async #untilAttached(client: HopClient): Promise<void> {
    const timeUp = new AbortController()
    const isAttached = await Promise.race([
      client.attached(timeUp.signal).then(() => true),
      sleep(this.#options.clock, attachWithinMs, timeUp.signal).then(() => false),
    ])
    timeUp.abort(new Error('decided'))
    if (isAttached) return
    const because = client.status().lastFailure?.code ?? 'DIAL_TIMED_OUT'
    throw connectorFailure('RELAY_NOT_MOVED', { details: { because } })
  }
}

const hrefOf = (relayUrl: string) => parseRelayUrl(relayUrl).url.href
