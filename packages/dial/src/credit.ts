/**
 * The credit account of one session: how much the relay may send before we have caught up.
 *
 * Every cargo costs one; acknowledging it gives one back. So a relay can make us hold
 * a window of cargos and never more, whatever it does.
 *
 * @module
 */

export class CreditAccount {
  readonly window: number
  #open = 0
  #due = 0

  constructor(window: number) {
    this.window = window
  }

  /** Cargos handed to the application and not acknowledged. */
  get open(): number {
    return this.#open
  }

  /** Acknowledged, and not yet told to the relay. */
  get due(): number {
    return this.#due
  }

  /** What the relay may still send. */
  get left(): number {
    return this.window - this.#open - this.#due
  }

  /** @returns false when the relay had no credit for this cargo. */
  spend(): boolean {
    if (this.left === 0) return false
    this.#open++
    return true
  }

  /** Once per cargo that was spent; the session hands out functions that see to it. */
  acknowledge(): void {
    if (this.#open === 0) throw new Error('acknowledged more cargos than came')
    this.#open--
    this.#due++
  }

  /** What to tell the relay now; nothing is due afterwards. */
  grant(): number {
    const granted = this.#due
    this.#due = 0
    return granted
  }
}
