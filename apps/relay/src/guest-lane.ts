/**
 * The guest lane: few, short and slow, because a guest is anybody.
 *
 * It is how a connector that is not enrolled yet reaches a console. Whoever fills it
 * keeps newcomers out, not those who are already in.
 *
 * @module
 */
import { limits } from '@sallygate/hop'
import type { TurnedAwayReason } from './counters.ts'
import { offloader } from './network.ts'
import { TokenBucket } from './token-bucket.ts'

/** One address may take an eighth of the places. */
const guestsPerAddress = limits.guests / 8

export class GuestLane {
  readonly #bucket: TokenBucket
  readonly #present = new Map<string, number>()
  #count = 0

  constructor(perMinute: number, nowMs: number) {
    this.#bucket = new TokenBucket(perMinute / 60, Math.max(1, perMinute / 6), nowMs)
  }

  /** Why no guest from this address may come in now. Asking uses up one of the rate. */
  refusal(from: string, nowMs: number): TurnedAwayReason | undefined {
    if (this.#count >= limits.guests) return 'guestCap'
    if (from !== offloader && (this.#present.get(from) ?? 0) >= guestsPerAddress) return 'guestCap'
    return this.#bucket.take(nowMs) ? undefined : 'guestRate'
  }

  enter(from: string): void {
    this.#count++
    this.#present.set(from, (this.#present.get(from) ?? 0) + 1)
  }

  leave(from: string): void {
    this.#count--
    const left = (this.#present.get(from) ?? 1) - 1
    if (left > 0) this.#present.set(from, left)
    else this.#present.delete(from)
  }
}
