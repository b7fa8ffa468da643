/**
 * Cargos that come in, under credit.
 *
 * The application acknowledges each when it has room for another; credit goes back
 * once a turn, however many were acknowledged in it.
 *
 * @module
 */
import type { Address, FrameNamed } from '@sallygate/hop'
import { CreditAccount } from './credit.ts'

/** Tells the relay that there is room for one more. Calling it twice is calling it once. */
export type Acknowledge = () => void

/** One sealed envelope. The relay says who sent it; believe the envelope instead. */
export type CargoHandler = (from: Address, cargo: Buffer, ttlMs: number, acknowledge: Acknowledge) => void

interface InboxOptions {
  readonly handler: CargoHandler
  /** Runs the handler so that its defects stay its own; `afterwards` runs when it had one. */
  readonly guard: (action: () => void, afterwards: () => void) => void
  readonly grant: (count: number) => void
  readonly maxHeldBytes: number
}

export class Inbox {
  readonly #options: InboxOptions
  readonly #credit: CreditAccount
  #isGrantPlanned = false
  #isClosed = false
  #heldBytes = 0

  constructor(window: number, options: InboxOptions) {
    this.#credit = new CreditAccount(window)
    this.#options = options
  }

  /** @returns false when the relay had no credit for it, or we no room; the cargo is then dropped unread. */
  receive({ from, cargo, ttlMs }: FrameNamed<'cargo'>): boolean {
    if (this.#heldBytes + cargo.length > this.#options.maxHeldBytes || !this.#credit.spend()) return false
    this.#heldBytes += cargo.length
    let isOpen = true
    const acknowledge = () => {
      if (!isOpen) return
      isOpen = false
      this.#heldBytes -= cargo.length
      this.#credit.acknowledge()
      this.#planGrant()
    }
    this.#options.guard(() => this.#options.handler(from, cargo as Buffer, ttlMs, acknowledge), acknowledge)
    return true
  }

  /** Late acknowledgements of a session that is over lead nowhere. */
  close(): void {
    this.#isClosed = true
  }

  #planGrant(): void {
    if (this.#isGrantPlanned || this.#isClosed) return
    this.#isGrantPlanned = true
    setImmediate(() => {
      this.#isGrantPlanned = false
      if (!this.#isClosed) this.#options.grant(this.#credit.grant())
    })
  }
}
