/**
 * The HPKE contexts a sender uses again: one per recipient key, for a bounded number
 * of messages and a bounded time.
 *
 * Encapsulation is the dearest step of a request, and its result says nothing that
 * ends with one message. Each message has its own sequence number, so its own nonce,
 * and each reply its own key (it is exported with the request id). The encapsulated
 * key travels with every message: the pipe may drop, repeat and reorder, and a message
 * must not depend on another one having arrived.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { setupSender, type HpkeContext } from './hpke.ts'
import { CONTEXT_LIFE_MS, CONTEXT_MESSAGES } from './limits.ts'
import { requestInfo } from './request-info.ts'
import type { XWingPublicKey } from './x-wing.ts'

export interface SendingContext {
  readonly enc: Buffer
  readonly context: HpkeContext
  /** Used for this message and never again. */
  readonly sequence: number
}

interface Kept {
  readonly enc: Buffer
  readonly context: HpkeContext
  readonly untilMs: number
  next: number
}

/** Recipients that are remembered at once; the one longest unused goes first. */
const mostRecipients = 16_384

export class SenderContexts {
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws ENVELOPE_KEY_INVALID. */
  take(recipient: XWingPublicKey): SendingContext {
    const nowMs = this.#clock.monotonicMs()
    let kept = this.#kept.get(recipient.digest)
    if (kept === undefined || kept.next >= CONTEXT_MESSAGES || nowMs >= kept.untilMs)
      kept = { ...setupSender(recipient, requestInfo), untilMs: nowMs + CONTEXT_LIFE_MS, next: 0 }
    // Last in the order of the map: the first is the one longest unused.
    this.#kept.delete(recipient.digest)
    this.#kept.set(recipient.digest, kept)
    if (this.#kept.size > mostRecipients) this.#kept.delete(this.#kept.keys().next().value ?? '')
    return { enc: kept.enc, context: kept.context, sequence: kept.next++ }
  }
}
