/**
 * Where a client stands: its state, since when, who waits for it to be attached, and what the log is told.
 *
 * What leads from one state to the next is the client's.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { LogLimit } from '@sallygate/base/log-limit'
import { dialFailure } from './failures.ts'
import type { DialState } from './state.ts'

export interface StandingParts {
  readonly relayUrl: string
  readonly clock: Clock
  readonly log: Log
  readonly onState: ((state: DialState) => void) | undefined
}

export class Standing {
  readonly #parts: StandingParts
  readonly #logLimit: LogLimit
  readonly #waiters = new Set<() => void>()
  #state: DialState = { kind: 'connecting' }
  #since: Date

  constructor(parts: StandingParts) {
    this.#parts = parts
    this.#logLimit = new LogLimit(parts.clock)
    this.#since = parts.clock.now()
  }

  get state(): DialState {
    return this.#state
  }

  get since(): Date {
    return this.#since
  }

  /** Resolves when attached, at once if it is. Rejects only when stopped or when the signal aborts. */
  attached(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        signal?.removeEventListener('abort', onAbort)
        this.#waiters.delete(look)
      }
      const onAbort = () => {
        settle()
        reject(signal?.reason as Error)
      }
      const look = () => {
        if (this.#state.kind === 'attached') resolve()
        else if (this.#state.kind === 'stopped') reject(dialFailure('STOPPED'))
        else return
        settle()
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiters.add(look)
      if (signal?.aborted === true) onAbort()
      else look()
    })
  }

  enter(state: DialState): void {
    this.#state = state
    this.#since = this.#parts.clock.now()
    this.#report(state)
    try {
      this.#parts.onState?.(state)
    } catch (error) {
      this.#parts.log.error('a handler failed', { error })
    }
    for (const look of this.#waiters) look()
  }

  #report(state: DialState): void {
    if (state.kind === 'connecting') return
    if (!('failure' in state)) {
      this.#parts.log.info(state.kind, { relayUrl: this.#parts.relayUrl })
      return
    }
    const { failure, retryInMs } = state
    const suppressed = this.#logLimit.admit(failure.code)
    if (suppressed === undefined) return
    this.#parts.log.warn('no session with the relay', {
      failure,
      fix: failure.fix,
      retryInMs: Math.round(retryInMs),
      suppressed,
    })
  }
}
