/**
 * Clients with keys of their own, for tests over real sockets. Whatever a test opened is stopped after it.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { silentLog } from '@sallygate/base/log'
import { connectorAddress, noId, randomId, rawPublicKey, signWith } from '@sallygate/hop'
import { dial, type DialOptions, type HopClient } from '../index.ts'

interface Stoppable {
  stop(): unknown
}

export class Bench {
  readonly #open: Stoppable[] = []

  keep<T extends Stoppable>(one: T): T {
    this.#open.push(one)
    return one
  }

  client(at: { readonly url: string; readonly relay: string }, options: Partial<DialOptions> = {}): HopClient {
    const address = connectorAddress(randomId(), randomId())
    return this.keep(dial({ ...keyed(), relayUrl: at.url, expectedRelay: at.relay, address, ...options }))
  }

  /** Somebody who is not enrolled yet, and does not know the relay either. */
  guest(relayUrl: string, options: Partial<DialOptions> = {}): HopClient {
    const address = { role: 'guest', group: noId, instance: noId } as const
    return this.keep(dial({ ...keyed(), relayUrl, address, ...options }))
  }

  async clear(): Promise<void> {
    for (const one of this.#open.splice(0).toReversed()) await one.stop()
  }
}

export function keyed(key: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) {
  return { publicKey: rawPublicKey(key), sign: signWith(key), software: 'test/1', log: silentLog }
}

/** Resolves with the first failure a client reports. */
export function firstFailure(made: (options: Pick<DialOptions, 'onState'>) => HopClient): Promise<unknown> {
  return new Promise((resolve) => {
    made({
      onState: (state) => {
        if ('failure' in state) resolve(state.failure)
      },
    })
  })
}
