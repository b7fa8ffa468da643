/**
 * `dial`: the one way a console or a connector reaches a relay.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { systemClock, type Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Address, RelayId, Sign } from '@sallygate/hop'
import { HopClient, type ClientHandlers } from './client.ts'
import type { Connect, TlsOptions } from './path.ts'
import { longPollOpener } from './long-poll-wire.ts'
import { parseRelayUrl } from './relay-url.ts'
import { defaultTuning, type DialTuning } from './tuning.ts'
import { Ways, type Way } from './ways.ts'
import { webSocketOpener } from './web-socket-wire.ts'

export interface DialOptions extends ClientHandlers {
  /** https:// or wss://, with its path. http:// or ws:// only for a relay on the internal network. */
  readonly relayUrl: string
  readonly tls?: TlsOptions
  /** Who we are. A guest's instance is made by the relay; leave it zeros. */
  readonly address: Address
  /** Raw P-256 point, 65 bytes. */
  readonly publicKey: Bytes
  /** Signs with the private half, which never comes in here. */
  readonly sign: Sign
  /** The relay we belong to. Only a guest, whose key is worth nothing, may leave it out. */
  readonly expectedRelay?: RelayId
  /** Product and version, at most 40 bytes. */
  readonly software: string
  readonly clock?: Clock
  readonly log: Log
  /** Takes the place of a direct TCP connection: a proxy client. */
  readonly connect?: Connect
  /** The way that worked last, and who remembers it when it changes. */
  readonly way?: { readonly first: Way; readonly onChange: (way: Way) => void }
  /** Uniform in [0, 1). For tests. */
  readonly random?: () => number
  readonly tuning?: Partial<DialTuning>
}

/**
 * Starts dialling at once and goes on until `stop()`.
 *
 * @throws DIAL_BAD_URL. Everything else is a state, never an exception.
 */
export function dial(options: DialOptions): HopClient {
  const { address, publicKey, software, expectedRelay, log, sign, relayUrl } = options
  if (expectedRelay === undefined && address.role !== 'guest') throw new Error('only a guest may dial any relay')
  const target = parseRelayUrl(relayUrl)
  const clock = options.clock ?? systemClock
  const tuning = { ...defaultTuning, ...options.tuning }
  const tls = options.tls ?? {}
  const path = {
    tls,
    clock,
    timeoutMs: tuning.hopMs,
    ...(options.connect === undefined ? {} : { connect: options.connect }),
  }
  const random = options.random ?? Math.random
  const openers = { webSocket: webSocketOpener(target, path), longPoll: longPollOpener(target, path) }
  return new HopClient(new Ways(openers, { clock, random, ...options.way }), {
    relayUrl: `${target.isTls ? 'https' : 'http'}://${target.url.host}${target.url.pathname}`,
    identity: { ...address, publicKey, software },
    sign,
    expectedRelay,
    clock,
    random,
    log,
    tuning,
    handlers: options,
  })
}
