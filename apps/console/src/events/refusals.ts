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
  readonly #nameOf: (user: string) => Promise<string | undefined>
  readonly #tallies = new Map<string, Tally>()

  /** @param nameOf The name of an account that somebody named, if there is one. */
  constructor(events: Events, clock: Clock, nameOf: (user: string) => Promise<string | undefined>) {
    this.#events = events
    this.#nameOf = nameOf
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
  readonly signIns: Around = async ({ route, source, call }, run) => {
    try {
      return await run()
    } catch (error) {
      if (route.policy === 'public') this.#tell(error, source, await this.#tried(call.body))
      throw error
    }
  }

  /** The account by its own name. What no account is called may be a password in the wrong box. */
  async #tried(body: unknown): Promise<string | undefined> {
    const { user } = (body ?? {}) as { readonly user?: unknown }
    if (typeof user !== 'string') return undefined
    return (await this.#nameOf(user).catch(() => undefined)) ?? '(no such account)'
  }

  #tell(error: unknown, source: string, account?: string): void {
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
    this.#events.raise(name, { about: source, details: { account, moreBefore: tally?.more } })
  }
}
