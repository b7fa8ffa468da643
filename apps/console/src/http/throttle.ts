/**
 * The throttle: guessing gets slower, nobody is ever locked out.
 *
 * Wrong attempts are counted per account at one source, and per source. A stranger
 * who guesses from elsewhere therefore slows himself, not the administrator.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { consoleFailure } from '../failures.ts'

interface Tally {
  failures: number
  /** Monotonic. Before it, nothing is tried. */
  until: number
  lastMs: number
}

export interface ThrottleBounds {
  /** Failures that cost nothing: people mistype. */
  readonly free: number
  readonly firstMs: number
  readonly longestMs: number
  /** Without a failure for this long the tally is forgotten. */
  readonly forgetMs: number
}

const perAccount: ThrottleBounds = { free: 4, firstMs: 500, longestMs: 30_000, forgetMs: 15 * 60_000 }
/** A source may be a proxy with many people behind it. */
const perSource: ThrottleBounds = { free: 20, firstMs: 250, longestMs: 10_000, forgetMs: 15 * 60_000 }

/** Tallies kept at once; the oldest are forgotten first, so a flood of names cannot use up memory. */
const mostTallies = 10_000

export class Throttle {
  readonly #clock: Clock
  readonly #tallies = new Map<string, Tally>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws CONSOLE_TOO_MANY_ATTEMPTS while the account or the source has to wait. */
  check(account: string, source: string): void {
    const now = this.#clock.monotonicMs()
    const until = Math.max(...keysOf(account, source).map(([key]) => this.#tallies.get(key)?.until ?? 0))
    if (until > now) {
      throw consoleFailure('TOO_MANY_ATTEMPTS', { details: { retryAfterMs: Math.ceil(until - now) } })
    }
  }

  failed(account: string, source: string): void {
    for (const [key, bounds] of keysOf(account, source)) this.#count(key, bounds)
  }

  /** The right password ends the account's tally; the source's goes on, or one known password would free a guesser. */
  succeeded(account: string, source: string): void {
    const [key] = keysOf(account, source)[0]
    this.#tallies.delete(key)
  }

  #count(key: string, bounds: ThrottleBounds): void {
    const now = this.#clock.monotonicMs()
    const old = this.#tallies.get(key)
    const failures = old === undefined || now - old.lastMs > bounds.forgetMs ? 1 : old.failures + 1
    const over = failures - bounds.free
    const waitMs = over <= 0 ? 0 : Math.min(bounds.longestMs, bounds.firstMs * 2 ** Math.min(over - 1, 20))
    this.#tallies.delete(key)
    this.#tallies.set(key, { failures, until: now + waitMs, lastMs: now })
    if (this.#tallies.size > mostTallies) {
      const oldest = this.#tallies.keys().next()
      if (oldest.done === false) this.#tallies.delete(oldest.value)
    }
  }
}

function keysOf(account: string, source: string): readonly [[string, ThrottleBounds], [string, ThrottleBounds]] {
  // Names are bounded where they are read; a space cannot be in a source, so the two parts cannot be confused.
  return [
    [`account ${source} ${account}`, perAccount],
    [`source ${source}`, perSource],
  ]
}
