/**
 * Admission lists on their way to the relay, and what it says about them.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { admissionParts, encodeFrame, type FrameNamed } from '@sallygate/hop'
import { dialFailure, type DialFailure } from './failures.ts'
import { admissionFailure } from './relay-words.ts'

interface Push {
  readonly resolve: () => void
  readonly reject: (failure: DialFailure) => void
}

export class AdmissionPushes {
  readonly #clock: Clock
  readonly #patienceMs: number
  readonly #write: (frame: Bytes) => Promise<void>
  readonly #open = new Map<number, Push>()

  constructor(clock: Clock, patienceMs: number, write: (frame: Bytes) => Promise<void>) {
    this.#clock = clock
    this.#patienceMs = patienceMs
    this.#write = write
  }

  /**
   * Sends the parts one after the other, and waits for the verdict.
   *
   * @throws DIAL_ADMISSION_REFUSED, DIAL_LOST, DIAL_SILENT; DIAL_BUSY when this number is already on its way.
   */
  async push(number: number, signedList: Bytes): Promise<void> {
    if (this.#open.has(number)) throw dialFailure('BUSY', { details: { where: 'this end', number } })
    const verdict = Promise.withResolvers<void>()
    // A write may fail first; then nobody awaits the verdict any more.
    verdict.promise.catch(() => undefined)
    this.#open.set(number, verdict)
    const late = dialFailure('SILENT', { details: { waitedFor: 'admission verdict', afterMs: this.#patienceMs } })
    const timer = this.#clock.after(this.#patienceMs, () => verdict.reject(late))
    try {
      for (const part of admissionParts(number, signedList)) await this.#write(encodeFrame(part))
      await verdict.promise
    } finally {
      timer.cancel()
      this.#open.delete(number)
    }
  }

  settle(verdict: FrameNamed<'admitted'>): void {
    if (verdict.ok) this.#open.get(verdict.number)?.resolve()
    else this.#open.get(verdict.number)?.reject(admissionFailure(verdict))
  }

  lose(failure: DialFailure): void {
    for (const { reject } of this.#open.values()) reject(failure)
  }
}
