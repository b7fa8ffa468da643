/**
 * Refused sign-ins as events, few enough to be read.
 *
 * A guesser makes thousands of attempts. One address is told of once a minute, with
 * how many there were since.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { consoleFailure } from '../failures.ts'
import type { Around } from '../http/around.ts'
import type { Authenticate } from '../http/listener.ts'
import type { Events } from './events.ts'

const quietMs = 60_000
const mostSources = 1000

interface Tally {
  readonly sinceMs: number
  more: number
}

export class RefusalWatch {
  readonly #events: Events
  readonly #clock: Clock
  readonly #tallies = new Map<string, Tally>()

  constructor(events: Events, clock: Clock) {
    this.#events = events
    this.#clock = clock
  }

  /** Around whatever proves callers. A page that asks whether somebody is signed in has tried nothing. */
  around(authenticate: Authenticate): Authenticate {
    return async (claim) => {
      try {
        return await authenticate(claim)
      } catch (error) {
        if (claim.authorization !== undefined) this.#tell(error, claim.source)
        throw error
      }
    }
  }

  /** Around the rows that need no proof: a sign-in, a setup code. */
  readonly signIns: Around = async ({ route, source }, run) => {
    try {
      return await run()
    } catch (error) {
      if (route.policy === 'public') this.#tell(error, source)
      throw error
    }
  }

  #tell(error: unknown, source: string): void {
    if (!consoleFailure.is(error)) return
    const name =
      error.status === 429
        ? 'signInThrottled'
        : error.status === 401 || error.status === 403
          ? 'signInFailed'
          : undefined
    if (name === undefined) return
    const key = `${name} ${source}`
    const now = this.#clock.monotonicMs()
    const tally = this.#tallies.get(key)
    if (tally !== undefined && now - tally.sinceMs < quietMs) {
      tally.more++
      return
    }
    this.#tallies.delete(key)
    this.#tallies.set(key, { sinceMs: now, more: 0 })
    const [oldest] = this.#tallies.keys()
    if (this.#tallies.size > mostSources && oldest !== undefined) this.#tallies.delete(oldest)
    this.#events.raise(name, { about: source, details: { moreBefore: tally?.more } })
  }
}
