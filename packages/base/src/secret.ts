/**
 * A secret: a value that does not print.
 *
 * It reaches a log, JSON or the console only as `[secret]`; whoever needs it has
 * to say `reveal()`, which is easy to search for.
 *
 * @module
 */
import { inspect } from 'node:util'

export class Secret<T = string> {
  readonly #value: T
  constructor(value: T) {
    this.#value = value
  }
  reveal(): T {
    return this.#value
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [inspect.custom](): string {
    return '[secret]'
  }
}
