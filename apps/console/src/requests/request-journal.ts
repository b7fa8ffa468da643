/**
 * The request journal: what was asked and what came back, as digests in the store's chain.
 *
 * What changes something is in it before it is sent. Look-ups never wait for it, and
 * share one write to the disk with those of the same tenth of a second.
 *
 * @module
 */
import { fromHex } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { SealedRequest } from '@sallygate/envelope'
import type { Store } from '@sallygate/store'
import type { Errand } from '../calls/carrier.ts'

/** A crash loses at most so much of what only read. */
const gatherMs = 100

type Row = Parameters<Store['requestLog']['append']>[0]

export class RequestJournal {
  readonly #store: Pick<Store, 'requestLog'>
  readonly #clock: Clock
  readonly #log: Log
  #gathered: Row[] = []
  #timer: Timer | undefined
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
    this.#write()
    await this.#store.requestLog.append(this.#row(errand, instance, sealed, 'handed', undefined))
  }

  ended(
    errand: Errand,
    instance: string,
    sealed: SealedRequest,
    outcome: string,
    replyDigest: Buffer | undefined,
  ): void {
    this.#gathered.push(this.#row(errand, instance, sealed, outcome, replyDigest))
    if (errand.class === 'R' || errand.class === 'B' || errand.class === 'J') {
      this.#timer ??= this.#clock.after(gatherMs, () => this.#write(), { background: true })
    } else {
      this.#write()
    }
  }

  /** Resolves when everything so far is on the disk or has failed. */
  async flush(): Promise<void> {
    this.#write()
    await this.#store.requestLog.flush()
  }

  #write(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const rows = this.#gathered
    this.#gathered = []
    for (const row of rows) {
      this.#store.requestLog.append(row).catch((error: unknown) => {
        this.#lost++
        this.#log.error('request not logged', { requestId: row.requestId, error })
      })
    }
  }

  #row(errand: Errand, instance: string, sealed: SealedRequest, outcome: string, replyDigest: Buffer | undefined): Row {
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
