/**
 * What was handed over already: so that a repeated call does not repeat the message.
 *
 * The answer to a call may be lost on its way back, and the outbox then asks again. While
 * this process lives, and remembers, a recipient who has the message does not get it twice.
 * It is a help and no promise: the promise is one Message-ID.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { RecipientOutcome } from '../contract.ts'

/** Longer than the outbox waits after an unknown end. */
const keptMs = 2 * 3_600_000
const most = 10_000

export class SentAlready {
  readonly #clock: Clock
  readonly #rows = new Map<string, { readonly outcome: RecipientOutcome; readonly untilMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  find(messageId: string, address: string): RecipientOutcome | undefined {
    const row = this.#rows.get(keyOf(messageId, address))
    return row === undefined || row.untilMs <= this.#clock.monotonicMs() ? undefined : row.outcome
  }

  remember(messageId: string, outcomes: readonly RecipientOutcome[]): void {
    const nowMs = this.#clock.monotonicMs()
    for (const [key, { untilMs }] of this.#rows) {
      if (untilMs > nowMs && this.#rows.size < most) break
      this.#rows.delete(key)
    }
    for (const outcome of outcomes) {
      if (outcome.outcome === 'sent')
        this.#rows.set(keyOf(messageId, outcome.address), { outcome, untilMs: nowMs + keptMs })
    }
  }
}

const keyOf = (messageId: string, address: string) => `${messageId} ${address}`
