/**
 * The mailroom: which waiting caller an arriving cargo belongs to.
 *
 * It looks at the outside of cargos only: their kind and the id they claim to answer.
 * Whether the claim is true is found out by whoever opens it.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'

export class Mailroom {
  readonly #clock: Clock
  readonly #waiting = new Map<string, (cargo: Buffer) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Hands a cargo to whoever waits under this key. What nobody waits for is dropped. */
  deliver(key: string, cargo: Buffer): boolean {
    const take = this.#waiting.get(key)
    take?.(cargo)
    return take !== undefined
  }

  /**
   * Waits for what belongs to `key` until `read` has made something of it.
   *
   * @param read `undefined`: not that one, or not all of it yet. What it throws ends the waiting.
   * @throws `late()` when nothing came in time, or the signal's reason.
   */
  wait<T>(
    key: string,
    withinMs: number,
    read: (cargo: Buffer) => T | undefined,
    late: () => Failure,
    signal?: AbortSignal,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        timer.cancel()
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(key)
        end()
      }
      const onAbort = () => settle(() => reject(signal?.reason as Error))
      const timer = this.#clock.after(withinMs, () => settle(() => reject(late())))
      this.#waiting.set(key, (cargo) => {
        try {
          const value = read(cargo)
          if (value !== undefined) settle(() => resolve(value))
        } catch (error) {
          settle(() => reject(error as Error))
        }
      })
      signal?.addEventListener('abort', onAbort, { once: true })
      if (signal?.aborted === true) onAbort()
    })
  }
}
