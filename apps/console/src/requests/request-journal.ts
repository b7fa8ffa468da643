/**
 * The request journal: what was asked and what came back, as digests in the store's chain.
 *
 * A look-up never waits for it. What changes something is in it before it is sent.
 *
 * @module
 */
import { fromHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { SealedRequest } from '@sallygate/envelope'
import type { Store } from '@sallygate/store'
import type { Errand } from '../calls/carrier.ts'

export class RequestJournal {
  readonly #store: Pick<Store, 'requestLog'>
  readonly #clock: Clock
  readonly #log: Log
  #lost = 0

  constructor(store: Pick<Store, 'requestLog'>, clock: Clock, log: Log) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  /** Rows that could not be written since the start. */
  get lost(): number {
    return this.#lost
  }

  /** @throws STORE_DISK_FULL, STORE_CANNOT_WRITE, STORE_BUSY; then it must not be sent. */
  async handed(errand: Errand, instance: string, sealed: SealedRequest): Promise<void> {
    await this.#store.requestLog.append(this.#row(errand, instance, sealed, 'handed', undefined))
  }

  ended(
    errand: Errand,
    instance: string,
    sealed: SealedRequest,
    outcome: string,
    replyDigest: Buffer | undefined,
  ): void {
    this.#store.requestLog.append(this.#row(errand, instance, sealed, outcome, replyDigest)).catch((error: unknown) => {
      this.#lost++
      this.#log.error('request not logged', { requestId: sealed.requestId, error })
    })
  }

  #row(errand: Errand, instance: string, sealed: SealedRequest, outcome: string, replyDigest: Buffer | undefined) {
    return {
      requestId: sealed.requestId,
      requestDigest: fromHex(sealed.digest),
      replyDigest,
      outcome,
      operation: errand.operation,
      // Whose request it was; a group that is served by another's connectors finds it in its own log.
      group: errand.actingGroup,
      instance,
      component: errand.component,
      at: this.#clock.now(),
    }
  }
}
