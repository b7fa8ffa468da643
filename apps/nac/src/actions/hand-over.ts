/**
 * The hand-over: brings journalled actions to the console, in order, until each is taken.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { ConsoleLink } from '../feed/console-link.ts'
import type { ActionJournal, JournalledAction } from './action-journal.ts'

const longestPauseMs = 15_000

export interface HandOverParts {
  readonly clock: Clock
  readonly log: Log
  readonly journal: ActionJournal
  readonly link: Pick<ConsoleLink, 'ask'>
}

export class HandOver {
  readonly #parts: HandOverParts
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #isAskedAgain = false

  constructor(parts: HandOverParts) {
    this.#parts = parts
  }

  /** Call when there may be something. */
  wake(): void {
    this.#isAskedAgain = true
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { journal, clock, log } = this.#parts
    const { signal } = this.#stopping
    let pauseMs = 250
    while (this.#isAskedAgain && !signal.aborted) {
      this.#isAskedAgain = false
      for (const action of journal.waiting) {
        if (signal.aborted) return
        try {
          journal.settle(action.id, await this.#give(action))
          pauseMs = 250
        } catch (error) {
          log.warn('an action waits for the console', { action: action.id, error })
          this.#isAskedAgain = true
          await sleep(clock, pauseMs, signal).catch(() => undefined)
          pauseMs = Math.min(longestPauseMs, pauseMs * 2)
          break
        }
      }
    }
  }

  /** @returns `taken`, or the code of a refusal that stays one. */
  async #give(action: JournalledAction): Promise<string> {
    const { link, log } = this.#parts
    try {
      await link.ask({ method: 'POST', path: '/api/nac/actions', body: action, timeoutMs: 15_000 })
      return 'taken'
    } catch (error) {
      if (!(error instanceof Failure) || error.retry !== 'never') throw error
      log.warn('the console refused an action', { action: action.id, device: action.device, error })
      return error.code
    }
  }
}
