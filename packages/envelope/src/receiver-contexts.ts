/**
 * The HPKE contexts a receiver has opened messages of: kept, so that the next message
 * of one costs no decapsulation.
 *
 * Only a message whose signature was good gets its context kept, so strangers fill
 * nothing. Making new ones for garbage is capped: whoever copies our key hint makes us
 * decapsulate, and must not keep those waiting whose contexts are known. Contexts go
 * with the private key they came from.
 *
 * @module
 */
import { equalBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { setupReceiver, type HpkeContext } from './hpke.ts'
import { CONTEXT_MESSAGES } from './limits.ts'
import type { XWingPrivateKey } from './x-wing.ts'

/** A context, and which request had which number of it. */
interface Kept {
  readonly enc: Buffer
  readonly context: HpkeContext
  readonly requests: Map<number, string>
}

/** What one message is opened with. */
export interface ReceivingContext {
  readonly context: HpkeContext
  /** The signature is good: what was believed until now is kept. Throws when the number belongs to another message. */
  readonly keep: (sequence: number, requestId: string) => void
}

export interface ReceiverContextsOptions {
  readonly clock: Clock
  /** Contexts of one private key; the one longest unused goes first. */
  readonly most?: number
  /** New contexts a second that turn out to be garbage; as many at once. */
  readonly garbagePerSecond?: number
}

const mostContexts = 2048
const garbageContextsPerSecond = 1000

export class ReceiverContexts {
  readonly #clock: Clock
  readonly #most: number
  readonly #garbagePerSecond: number
  readonly #kept = new WeakMap<XWingPrivateKey, Map<string, Kept>>()
  #garbage = 0
  #atMs = 0

  constructor(options: ReceiverContextsOptions) {
    this.#clock = options.clock
    this.#most = options.most ?? mostContexts
    this.#garbagePerSecond = options.garbagePerSecond ?? garbageContextsPerSecond
    this.#atMs = options.clock.monotonicMs()
  }

  /** Throws for what decapsulation throws for, and when there was too much garbage in this second. */
  open(key: XWingPrivateKey, enc: Bytes, info: Bytes): ReceivingContext {
    const name = toHex(enc.subarray(enc.length - 32))
    const known = this.#kept.get(key)?.get(name)
    // To the last bit: with another encapsulated key it is another message, whatever the cipher says.
    if (known !== undefined && equalBytes(known.enc, enc))
      return { context: known.context, keep: (...message) => this.#keep(key, name, known, message) }
    if (this.#leaked() >= this.#garbagePerSecond) throw new RangeError('too many new contexts')
    this.#garbage++
    const fresh: Kept = { enc: Buffer.from(enc), context: setupReceiver(key, enc, info), requests: new Map() }
    return {
      context: fresh.context,
      keep: (...message) => {
        this.#garbage--
        this.#keep(key, name, fresh, message)
      },
    }
  }

  #keep(key: XWingPrivateKey, name: string, kept: Kept, [sequence, requestId]: readonly [number, string]): void {
    const before = kept.requests.get(sequence)
    if (before !== undefined && before !== requestId) throw new RangeError('a number that belongs to another message')
    kept.requests.set(sequence, requestId)
    const contexts = this.#kept.get(key) ?? new Map<string, Kept>()
    contexts.delete(name)
    contexts.set(name, kept)
    if (contexts.size > this.#most) contexts.delete(contexts.keys().next().value ?? '')
    this.#kept.set(key, contexts)
  }

  /** The garbage of about the last second: a bucket that leaks. */
  #leaked(): number {
    const nowMs = this.#clock.monotonicMs()
    this.#garbage = Math.max(0, this.#garbage - ((nowMs - this.#atMs) / 1000) * this.#garbagePerSecond)
    this.#atMs = nowMs
    return this.#garbage
  }
}

/** Whether a number can be one of a context at all. */
export function isSequence(sequence: number): boolean {
  return Number.isSafeInteger(sequence) && sequence >= 0 && sequence < CONTEXT_MESSAGES
}
