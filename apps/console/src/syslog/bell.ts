/**
 * A bell: who waits beside it waits for a time, or until somebody rings.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'

export class Bell {
  readonly #clock: Clock
  #isRung = false
  #wake: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  ring(): void {
    this.#isRung = true
    this.#wake()
  }

  /** What was rung up to now is known. */
  hush(): void {
    this.#isRung = false
  }

  /** Resolves at once where it was rung since it was hushed. @param ms `undefined`: only somebody's ringing ends it. */
  wait(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isRung) return resolve()
      let timer: Timer | undefined
      this.#wake = () => {
        timer?.cancel()
        this.#wake = () => {}
        resolve()
      }
      if (ms !== undefined) timer = this.#clock.after(ms, () => this.#wake(), { background: true })
      return undefined
    })
  }
}
