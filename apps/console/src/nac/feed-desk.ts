/**
 * The feed desk: pages of the feed, signed, and held back until there is something to say.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'
import { nacFeedFormat, nacFeedLabel, signNacPage, type SignedNacPage } from '@sallygate/domain'
import type { Store } from '@sallygate/store'
import { signStatement } from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'

export interface FeedQuestion {
  readonly epoch?: string | undefined
  readonly after: number
  readonly nonce: string
  readonly waitMs: number
}

const perPage = 1000
/** How soon after a change nac hears of it; a look costs one row. */
const lookEveryMs = 200

export class FeedDesk {
  readonly #parts: { readonly store: Store; readonly clock: Clock; readonly installation: Installation }

  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly installation: Installation }) {
    this.#parts = parts
  }

  /** @param signal ends the waiting when nobody waits for the answer any more. */
  async page(question: FeedQuestion, signal: AbortSignal): Promise<SignedNacPage> {
    const { store, clock, installation } = this.#parts
    const state = await this.#changed(question, signal)
    // Another history is told from its beginning, and so is a place that this one has not come to.
    const isKnown = question.epoch === state.epoch && question.after <= state.head
    const after = isKnown ? question.after : 0
    const records = await store.nacFeed.after(after, perPage)
    const last = records.at(-1)?.number ?? after
    // What was removed from the middle leaves gaps; behind the last record there is nothing more to say up to the head.
    const through = records.length < perPage ? Math.max(last, state.head) : last
    const page = {
      format: nacFeedFormat,
      epoch: state.epoch,
      nonce: question.nonce,
      after,
      through,
      head: Math.max(state.head, through),
      issuedAtMs: clock.now().getTime(),
      records,
    }
    return signNacPage(page, (bytes) => signStatement(nacFeedLabel, installation.channel.privateKey, bytes))
  }

  async #changed({ epoch, after, waitMs }: FeedQuestion, signal: AbortSignal) {
    const { store, clock } = this.#parts
    const untilMs = clock.monotonicMs() + waitMs
    for (;;) {
      const state = await store.nacFeed.state()
      const isNews = state.epoch !== epoch || state.head !== after
      if (isNews || signal.aborted || clock.monotonicMs() >= untilMs) return state
      await sleep(clock, lookEveryMs, signal).catch(() => undefined)
    }
  }
}
