/**
 * The line before the password check: argon2id is slow on purpose, and only so many are checked at once.
 *
 * Whoever proved himself from the same address before stands in a line of his own, and
 * that one goes first. Who comes to a line that is full is told to come back.
 *
 * @module
 */

/** Of libuv's four threads. */
const mostChecking = 2
const mostStrangers = 16
/** Policy nodes; each password is checked once however many connections show it. */
const mostNodes = 64

export class CheckLine {
  #checking = 0
  readonly #nodes: (() => void)[] = []
  readonly #strangers: (() => void)[] = []

  /** @returns whether there was room; call `leave` after that. */
  async enter(isNode: boolean): Promise<boolean> {
    if (this.#checking < mostChecking) {
      this.#checking++
      return true
    }
    const line = isNode ? this.#nodes : this.#strangers
    if (line.length >= (isNode ? mostNodes : mostStrangers)) return false
    await new Promise<void>((resolve) => line.push(resolve))
    return true
  }

  leave(): void {
    const next = this.#nodes.shift() ?? this.#strangers.shift()
    if (next === undefined) this.#checking--
    else next()
  }
}
