/**
 * Whether the store can be reached and can write, as its last use showed.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { WriteWatch } from './sqlite-dialect.ts'

export type StoreHealth =
  | { readonly kind: 'writable' }
  /** Reads go on. Ends by itself with the first write that works. */
  | { readonly kind: 'readOnly'; readonly since: Date; readonly failure: Failure }
  /** Nothing goes on. Ends by itself with the first answer of the database. */
  | { readonly kind: 'unreachable'; readonly since: Date; readonly failure: Failure }

export class Health implements WriteWatch {
  readonly #clock: Clock
  readonly #log: Log
  current: StoreHealth = { kind: 'writable' }

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  wrote(failure: Failure | undefined): void {
    if (failure !== undefined && this.current.kind === 'writable') {
      this.current = { kind: 'readOnly', since: this.#clock.now(), failure }
      this.#log.error('store cannot write', { failure })
    } else if (failure === undefined && this.current.kind === 'readOnly') {
      this.#log.info('store writes again', { since: this.current.since })
      this.current = { kind: 'writable' }
    }
  }

  /** A database on another machine answered, or did not. Whether it can be written is seen apart from that. */
  answered(failure: Failure | undefined): void {
    if (failure !== undefined && this.current.kind !== 'unreachable') {
      this.current = { kind: 'unreachable', since: this.#clock.now(), failure }
      this.#log.error('store is out of reach', { failure })
    } else if (failure === undefined && this.current.kind === 'unreachable') {
      this.#log.info('store is reached again', { since: this.current.since })
      this.current = { kind: 'writable' }
    }
  }
}
