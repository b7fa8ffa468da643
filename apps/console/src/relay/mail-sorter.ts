/**
 * The mail sorter: hands a cargo to whom its outside says it is for.
 *
 * Who sent it is the relay's word and decides one thing only: where an answer goes.
 * A cargo nobody wants, or that makes a desk fail, ends here with a counter.
 *
 * @module
 */
import type { Log } from '@sallygate/base/log'
import { envelopeFailure, kindOf, type CargoKind } from '@sallygate/envelope'
import type { Address } from '@sallygate/hop'

export type Reply = (cargo: Uint8Array) => void
/** Deals with one cargo. What it does later must not reject. */
export type Desk = (cargo: Buffer, from: Address, reply: Reply) => Promise<void> | void

export class MailSorter {
  readonly #desks: Partial<Record<CargoKind, Desk>>
  readonly #reply: (to: Address, cargo: Uint8Array) => void
  readonly #log: Log
  #dropped = 0

  constructor(options: {
    readonly desks: Partial<Record<CargoKind, Desk>>
    readonly reply: (to: Address, cargo: Uint8Array) => void
    readonly log: Log
  }) {
    this.#desks = options.desks
    this.#reply = options.reply
    this.#log = options.log
  }

  get dropped(): number {
    return this.#dropped
  }

  /** `acknowledge` is said when the work is done, so that the relay's window is what bounds it. */
  readonly sort = (from: Address, cargo: Buffer, acknowledge: () => void): void => {
    const kind = kindOf(cargo)
    const desk = kind === undefined ? undefined : this.#desks[kind]
    if (desk === undefined) {
      this.#dropped++
      acknowledge()
      return
    }
    void this.#run(desk, from, cargo).finally(acknowledge)
  }

  async #run(desk: Desk, from: Address, cargo: Buffer): Promise<void> {
    try {
      await desk(cargo, from, (answer) => this.#reply(from, answer))
    } catch (error) {
      this.#dropped++
      if (envelopeFailure.is(error)) this.#log.debug('cargo dropped', { from: from.role, code: error.code })
      else this.#log.error('cargo failed', { from: from.role, error })
    }
  }
}
