/**
 * What was handed to the relay and may still come back as undelivered.
 *
 * It keeps a token and a deadline, never the cargo: sending again is a decision of the
 * caller, who knows what may be done twice.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import { randomToken, type CargoToken } from '@sallygate/hop'
import type { DialFailure } from './failures.ts'

/** `settled`: the caller said so. `expired`: its time to live is over and nobody has said anything. */
export type Fate = 'settled' | 'expired'

/** One cargo on its way. No promise of it has to be awaited. */
export interface Sending {
  readonly token: CargoToken
  /** Resolves when the cargo has left this process. Rejects when it never will. */
  readonly handed: Promise<void>
  /** Rejects with what the relay says, or when the session is lost while it is open. */
  readonly fate: Promise<Fate>
  /** The answer has come, or nobody waits for it any more. */
  readonly settle: () => void
}

interface Open {
  readonly sentMs: number
  readonly dueMs: number
  readonly expectsAnswer: boolean
  readonly resolve: (fate: Fate) => void
  readonly reject: (failure: DialFailure) => void
}

export interface OutboxOptions {
  readonly clock: Clock
  /** An answer is later than this: somebody should ask whether the line is alive. */
  readonly overdueMs: number
  readonly onOverdue: () => void
}

/** How often deadlines are looked at while anything is open. */
const lookMs = 500

export class Outbox {
  readonly #options: OutboxOptions
  readonly #open = new Map<CargoToken, Open>()
  #look: Timer | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  track(ttlMs: number, expectsAnswer: boolean): { token: CargoToken; fate: Promise<Fate>; settle: () => void } {
    const token = randomToken()
    const sentMs = this.#options.clock.monotonicMs()
    const fate = new Promise<Fate>((resolve, reject) => {
      this.#open.set(token, { sentMs, dueMs: sentMs + ttlMs, expectsAnswer, resolve, reject })
    })
    // Not everybody cares what becomes of a cargo; an unheard rejection would end the process.
    fate.catch(() => undefined)
    this.#plan()
    return { token, fate, settle: () => this.#take(token)?.resolve('settled') }
  }

  /** A hint from an untrusted relay: unknown tokens are late or made up, and mean nothing. */
  undelivered(token: CargoToken, failure: DialFailure): void {
    this.#take(token)?.reject(failure)
  }

  /** The session is over: whatever is open has an unknown fate. */
  lose(failure: DialFailure): void {
    for (const token of this.#open.keys()) this.#take(token)?.reject(failure)
  }

  #take(token: CargoToken): Open | undefined {
    const open = this.#open.get(token)
    this.#open.delete(token)
    if (this.#open.size === 0) {
      this.#look?.cancel()
      this.#look = undefined
    }
    return open
  }

  #plan(): void {
    this.#look ??= this.#options.clock.after(lookMs, () => {
      this.#look = undefined
      this.#checkDeadlines()
      if (this.#open.size > 0) this.#plan()
    })
  }

  #checkDeadlines(): void {
    const nowMs = this.#options.clock.monotonicMs()
    let isOverdue = false
    for (const [token, open] of this.#open) {
      if (nowMs >= open.dueMs) this.#take(token)?.resolve('expired')
      else if (open.expectsAnswer && nowMs - open.sentMs >= this.#options.overdueMs) isOverdue = true
    }
    if (isOverdue) this.#options.onOverdue()
  }
}

/** A sending that never began. */
export function refusedSending(failure: DialFailure): Sending {
  const handed = Promise.reject<void>(failure)
  const fate = Promise.reject<never>(failure)
  handed.catch(() => undefined)
  fate.catch(() => undefined)
  return { token: '', handed, fate, settle: () => undefined }
}
