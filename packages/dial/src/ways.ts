/**
 * The ways to a relay: a WebSocket, or plain requests where something breaks WebSockets.
 *
 * The WebSocket is tried first. When it fails as it does behind a gateway that does not
 * pass it on, the next attempt polls; what works is kept, and told to whoever remembers
 * it over a restart. While it polls, the WebSocket is tried again now and then, beside.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { DialFailure } from './failures.ts'
import type { OpenWire } from './wire.ts'

export type Way = 'webSocket' | 'longPoll'

export interface WaysOptions {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** What worked last. */
  readonly first?: Way
  /** Another way than before carries the session. */
  readonly onChange?: (way: Way) => void
}

/** Statuses of a relay, a load balancer or a proxy that is busy or wants a login: another way would meet the same. */
const notAboutWebSocket = new Set([401, 407, 429, 502, 503, 504])
/** An attempt that ended so has met somebody who does not let this way through. */
const brokenBefore = new Set<string>(['DIAL_NOT_A_RELAY', 'DIAL_CUT', 'DIAL_LOST', 'DIAL_SILENT', 'DIAL_PROTOCOL'])
/**
 * A session that ended so, soon and twice in a row, has been starved or cut. Not by what a relay that was proven to be
 * ours says in it: that is the relay's doing, and it would be as wrong another way.
 */
const brokenAfter = new Set<string>(['DIAL_CUT', 'DIAL_LOST', 'DIAL_SILENT'])
const soonMs = 45_000
const shortLivesAllowed = 1
/** How long it polls before it tries a WebSocket beside; doubled each time that was in vain. */
const [firstUpMs, longestUpMs] = [5 * 60_000, 6 * 3_600_000]

export class Ways {
  readonly #openers: Readonly<Partial<Record<Way, OpenWire>>>
  readonly #options: WaysOptions
  #current: Way
  #known: Way
  #attachedMs = 0
  #shortLives = 0
  #upMs = firstUpMs

  constructor(openers: Readonly<Partial<Record<Way, OpenWire>>>, options: WaysOptions) {
    this.#openers = openers
    this.#options = options
    const { first = 'webSocket' } = options
    this.#known = openers[first] === undefined ? 'webSocket' : first
    this.#current = this.#known
  }

  /** By which the next attempt is made. */
  get current(): Way {
    return this.#current
  }

  opener(way: Way): OpenWire {
    const opener = this.#openers[way]
    if (opener === undefined) throw new Error(`there is no way ${way}`)
    return opener
  }

  /** A session stands that came this way. @returns whether a better way is worth an attempt beside it some time. */
  attached(way: Way): boolean {
    this.#current = way
    this.#attachedMs = this.#options.clock.monotonicMs()
    if (way !== this.#known) {
      this.#known = way
      this.#options.onChange?.(way)
    }
    return way !== 'webSocket' && this.#openers.webSocket !== undefined
  }

  /** How long it is left alone before a WebSocket is tried beside; longer each time. */
  lookAgainMs(): number {
    const waitMs = this.#upMs * (0.75 + 0.5 * this.#options.random())
    this.#upMs = Math.min(longestUpMs, 2 * this.#upMs)
    return waitMs
  }

  /** An attempt has failed. */
  failed(way: Way, failure: DialFailure): void {
    if (isBroken(failure)) this.#leave(way)
  }

  /** The session that stood has ended. */
  ended(failure: DialFailure): void {
    const stoodMs = this.#options.clock.monotonicMs() - this.#attachedMs
    if (stoodMs >= soonMs || !brokenAfter.has(failure.code)) {
      this.#shortLives = 0
      // It has carried a session: when it breaks some day, the way back up begins anew.
      if (this.#current === 'webSocket') this.#upMs = firstUpMs
      return
    }
    if (this.#shortLives++ < shortLivesAllowed) return
    this.#shortLives = 0
    this.#leave(this.#current)
  }

  /** The next attempt is made by the other way. If that fails too, the one after it by this one again. */
  #leave(way: Way): void {
    const other = way === 'webSocket' ? 'longPoll' : 'webSocket'
    if (this.#openers[other] !== undefined) this.#current = other
  }
}

function isBroken({ code, details }: DialFailure): boolean {
  if (code === 'DIAL_HTTP_REFUSED') return !notAboutWebSocket.has(Number(details['httpStatus']))
  return brokenBefore.has(code)
}
