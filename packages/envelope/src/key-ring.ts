/**
 * The encryption keys of one process: the current one, and the previous one for
 * as long as a message sealed to it can be worth opening.
 *
 * They are in memory and nowhere else, so a stolen disk opens nothing that was
 * recorded, and a restored snapshot cannot be replayed into.
 *
 * @module
 */
import { equalBytes, type Bytes } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import { KEY_OVERLAP_MS, KEY_ROTATION_MS } from './limits.ts'
import { keyHintOf } from './request.ts'
import { makeXWingPrivateKey, type XWingPrivateKey, type XWingPublicKey } from './x-wing.ts'

export interface KeyRingOptions {
  readonly clock: Clock
  /** Called with the new key after each rotation: the other end has to be told. */
  readonly onRotate?: (publicKey: XWingPublicKey) => void
  /** Default: daily. */
  readonly rotateEveryMs?: number
}

export class EncryptionKeyRing {
  readonly #options: KeyRingOptions
  #current = makeXWingPrivateKey()
  #previous: XWingPrivateKey | undefined
  #rotation: Timer | undefined
  #erasure: Timer | undefined

  constructor(options: KeyRingOptions) {
    this.#options = options
    this.#planRotation()
  }

  get publicKey(): XWingPublicKey {
    return this.#current.publicKey
  }

  /** For `openRequest`: the key that starts with this hint. */
  readonly find = (keyHint: Bytes): XWingPrivateKey | undefined =>
    [this.#current, this.#previous].find((key) => key !== undefined && equalBytes(keyHintOf(key.publicKey), keyHint))

  /** Replaces the key now. */
  rotate(): void {
    this.#rotation?.cancel()
    this.#erasure?.cancel()
    this.#previous = this.#current
    this.#current = makeXWingPrivateKey()
    const erase = () => {
      this.#previous = undefined
    }
    this.#erasure = this.#options.clock.after(KEY_OVERLAP_MS, erase, { background: true })
    this.#planRotation()
    this.#options.onRotate?.(this.publicKey)
  }

  /** Cancels the timers; the keys go with the ring. */
  stop(): void {
    this.#rotation?.cancel()
    this.#erasure?.cancel()
    this.#previous = undefined
  }

  #planRotation(): void {
    const everyMs = this.#options.rotateEveryMs ?? KEY_ROTATION_MS
    this.#rotation = this.#options.clock.after(everyMs, () => this.rotate(), { background: true })
  }
}
