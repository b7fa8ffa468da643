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
import type { Authenticate, Claim } from '../http/listener.ts'
import type { Events } from './events.ts'

const quietMs = 60_000
const mostSources = 1000

interface Tally {
  readonly sinceMs: number
  more: number
}

/** Puts the watch around whatever proves callers. */
export function watched(authenticate: Authenticate, events: Events, clock: Clock): Authenticate {
  const tallies = new Map<string, Tally>()
  const tell = (name: 'signInFailed' | 'signInThrottled', source: string) => {
    const key = `${name} ${source}`
    const now = clock.monotonicMs()
    const tally = tallies.get(key)
    if (tally !== undefined && now - tally.sinceMs < quietMs) {
      tally.more++
      return
    }
    tallies.delete(key)
    tallies.set(key, { sinceMs: now, more: 0 })
    const [oldest] = tallies.keys()
    if (tallies.size > mostSources && oldest !== undefined) tallies.delete(oldest)
    events.raise(name, { about: source, details: { moreBefore: tally?.more } })
  }
  return async (claim) => {
    try {
      return await authenticate(claim)
    } catch (error) {
      if (consoleFailure.is(error)) {
        if (error.code === 'CONSOLE_TOO_MANY_ATTEMPTS') tell('signInThrottled', claim.source)
        else if (error.code === 'CONSOLE_UNAUTHENTICATED' && hasTried(claim)) tell('signInFailed', claim.source)
      }
      throw error
    }
  }
}

/** A page that asks whether somebody is signed in has tried nothing, and an old cookie is no attack. */
function hasTried({ authorization }: Claim): boolean {
  return authorization !== undefined
}
