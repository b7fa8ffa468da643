/**
 * The schedule: evaluates what time has changed, ends what waited too long, forgets what is long gone.
 *
 * A verdict names the moment until which it holds, so nothing is evaluated that cannot have
 * changed. After a change of a policy a whole group is due; it is worked off in small pieces,
 * with everything else in between.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import { every } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { CommandBook } from '../commands/command-book.ts'
import type { DeviceBook } from './device-book.ts'
import type { RuleBook } from './rule-book.ts'

const everyMs = 10_000
/** Of one turn, so that what else it does is not put off for long. */
const mostPerTurn = 20_000

export interface ScheduleParts {
  readonly clock: Clock
  readonly log: Log
  readonly rules: RuleBook
  readonly book: DeviceBook
  readonly commands: CommandBook
}

export class DeviceSchedule {
  readonly #parts: ScheduleParts
  readonly #timer: Timer
  #turn: Promise<void> | undefined
  #isStopped = false

  constructor(parts: ScheduleParts) {
    this.#parts = parts
    this.#timer = every(parts.clock, everyMs, () => void this.turn())
  }

  /** Everything that is due, or as much of it as one turn takes. One turn at a time. */
  turn(): Promise<void> {
    this.#turn ??= this.#work()
      .catch((error: unknown) => this.#parts.log.error('devices not evaluated', { error }))
      .finally(() => (this.#turn = undefined))
    return this.#turn
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer.cancel()
    await this.#turn
  }

  async #work(): Promise<void> {
    const { rules, book, commands } = this.#parts
    await rules.refresh()
    await commands.expire()
    await book.forgetDeleted()
    for (let done = 0; done < mostPerTurn && !this.#isStopped;) {
      const evaluated = await book.evaluateDue()
      if (evaluated === 0) return
      done += evaluated
      // Requests that came meanwhile go first.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
