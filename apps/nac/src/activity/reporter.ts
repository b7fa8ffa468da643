/**
 * The reporter: tells the console how nac is doing, and at once when there is an alarm.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import { LogLimit } from '@sallygate/base/log-limit'
import type { Log } from '@sallygate/base/log'
import { Failure } from '@sallygate/base/failure'
import type { ConsoleLink } from '../feed/console-link.ts'
import type { Alarms } from './alarms.ts'

const periodMs = 10_000

export interface ReporterParts {
  readonly clock: Clock
  readonly log: Log
  readonly link: Pick<ConsoleLink, 'ask'>
  readonly alarms: Alarms
  readonly report: () => Readonly<Record<string, unknown>>
}

export class Reporter {
  readonly #parts: ReporterParts
  readonly #said: LogLimit
  #timer: Timer | undefined
  #sending: Promise<void> | undefined
  #isWanted = false
  #isStopped = false

  constructor(parts: ReporterParts) {
    this.#parts = parts
    this.#said = new LogLimit(parts.clock)
  }

  start(): void {
    this.#timer = every(this.#parts.clock, periodMs, () => this.send())
    this.#parts.alarms.onRaised = () => this.send()
    this.send()
  }

  /** One at a time; what is wanted meanwhile goes with the next. */
  send(): void {
    this.#isWanted = true
    this.#sending ??= this.#run().finally(() => (this.#sending = undefined))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#sending
  }

  async #run(): Promise<void> {
    const { link, alarms, log } = this.#parts
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false
      const told = [...alarms.waiting]
      try {
        const body = { ...this.#parts.report(), alarms: told }
        await link.ask({ method: 'POST', path: '/api/nac/report', body, timeoutMs: 5000 })
        alarms.told(told)
      } catch (error) {
        const code = error instanceof Failure ? error.code : 'bug'
        if (this.#said.admit(code) !== undefined) log.warn('the console does not hear from nac', { error })
      }
    }
  }
}
