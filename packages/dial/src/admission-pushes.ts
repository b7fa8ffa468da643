/**
 * Admission lists on their way to the relay, one at a time, and what it says about them.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { admissionParts, encodeFrame, type FrameNamed } from '@sallygate/hop'
import { dialFailure, type DialFailure } from './failures.ts'
import { admissionFailure } from './relay-words.ts'

interface Push {
  readonly number: number
  readonly resolve: () => void
  readonly reject: (failure: DialFailure) => void
}

export class AdmissionPushes {
  readonly #clock: Clock
  readonly #patienceMs: number
  readonly #write: (frame: Bytes) => Promise<void>
  #current: Push | undefined
  #last: Promise<void> = Promise.resolve()
  #lost: DialFailure | undefined

  constructor(clock: Clock, patienceMs: number, write: (frame: Bytes) => Promise<void>) {
    this.#clock = clock
    this.#patienceMs = patienceMs
    this.#write = write
  }

  /**
   * Sends the parts one after the other, and waits for the verdict.
   *
   * A list that is pushed while another is on its way waits for it: the parts of two would mix at the relay, and
   * a refusal names the number in force there, not the one it refuses.
   *
   * @throws DIAL_ADMISSION_REFUSED, DIAL_ADMISSION_NOT_SAVED, DIAL_LOST, DIAL_SILENT
   */
  push(number: number, signedList: Bytes): Promise<void> {
    const turn = this.#last.then(() => this.#pushNow(number, signedList))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Resolves when no list is on its way. */
  async idle(): Promise<void> {
    await this.#last
  }

  settle(verdict: FrameNamed<'admitted'>): void {
    if (!verdict.ok) this.#current?.reject(admissionFailure(verdict))
    else if (verdict.number === this.#current?.number) this.#current.resolve()
  }

  lose(failure: DialFailure): void {
    this.#lost = failure
    this.#current?.reject(failure)
  }

  async #pushNow(number: number, signedList: Bytes): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost
    const verdict = Promise.withResolvers<void>()
    // A write may fail first; then nobody awaits the verdict any more.
    verdict.promise.catch(() => undefined)
    this.#current = { number, resolve: verdict.resolve, reject: verdict.reject }
    const late = dialFailure('SILENT', { details: { waitedFor: 'admission verdict', afterMs: this.#patienceMs } })
    const timer = this.#clock.after(this.#patienceMs, () => verdict.reject(late))
    try {
      for (const part of admissionParts(number, signedList)) await this.#write(encodeFrame(part))
      await verdict.promise
    } finally {
      timer.cancel()
      this.#current = undefined
    }
  }
}
