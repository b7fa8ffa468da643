/**
 * The client: keeps one session with the relay, for as long as it is not told to stop.
 *
 * It decides when to dial again and says where it stands. A session that has to go is
 * followed by one that is made beside it and proven before the old one hands over; so
 * for a moment there are two. What a session does is in `session.ts`; what carries it
 * is handed in, so that this file runs on a fake clock.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Address, AttachmentId, FrameNamed, RelayId, RosterEntry } from '@sallygate/hop'
import { dialFailure, type DialFailure } from './failures.ts'
import { LogLimit } from '@sallygate/base/log-limit'
import { Outbox, refusedSending, type Sending } from './outbox.ts'
import { Redial } from './redial.ts'
import { Renewal } from './renewal.ts'
import type { RosterEvent } from './attachment.ts'
import type { CargoHandler } from './inbox.ts'
import { Session, type PeerOptions } from './session.ts'
import { Standing } from './standing.ts'
import type { DialState, DialStatus } from './state.ts'
import type { Way, Ways } from './ways.ts'

export interface ClientHandlers {
  readonly onCargo?: CargoHandler
  /** Everybody who is attached, as the relay says. Consoles only; replaces all that was known. */
  readonly onRoster?: (entries: readonly RosterEntry[]) => void
  readonly onRosterChange?: (event: RosterEvent, entry: RosterEntry) => void
  /** An instance has moved to another attachment. Consoles only; the signature is still to be checked. */
  readonly onHandedOver?: (handOver: FrameNamed<'handedOver'>, relay: RelayId) => void
  /** Also when a new session has taken over from one that still stood. */
  readonly onState?: (state: DialState) => void
}

export interface ClientOptions extends PeerOptions {
  readonly relayUrl: string
  readonly handlers: ClientHandlers
}

export interface SendOptions {
  /** How long the cargo is worth delivering, and how long `fate` is kept. */
  readonly ttlMs: number
  /** True for a request: when it takes long, the line is checked at once. Say `settle()` when the answer is there. */
  readonly expectsAnswer?: boolean
}

export class HopClient {
  readonly #ways: Ways
  readonly #options: ClientOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #redial: Redial
  readonly #logLimit: LogLimit
  readonly #standing: Standing
  readonly #outbox: Outbox
  readonly #renewal: Renewal
  #session: Session | undefined
  /** Made beside the session that stands. */
  #next: Session | undefined
  /** Have handed over, and end soon. */
  readonly #leaving = new Set<Session>()
  #retry: Timer | undefined
  /** How the session that stands came to be. */
  #way: Way | undefined
  #up: Timer | undefined
  #upAtMs: number | undefined
  #sessions = 0
  #handOvers = 0
  #lastFailure: DialStatus['lastFailure']
  #relayClockOffsetMs: number | undefined
  #stopped: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined
  #isDraining = false

  constructor(ways: Ways, options: ClientOptions) {
    const { clock, log, random, tuning } = options
    this.#ways = ways
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.#redial = new Redial(clock, random, tuning)
    this.#renewal = new Renewal(clock, random, tuning, () => this.#renew())
    const onOverdue = () => this.#session?.attachment?.overdue()
    this.#outbox = new Outbox({ clock, overdueMs: tuning.overdueMs, onOverdue })
    this.#logLimit = new LogLimit(clock)
    this.#standing = new Standing({ relayUrl: options.relayUrl, clock, log, onState: options.handlers.onState })
    this.#dial()
  }

  get state(): DialState {
    return this.#standing.state
  }

  status(): DialStatus {
    const { state, since } = this.#standing
    return {
      state: state.kind,
      since: since.toISOString(),
      relayUrl: this.#options.relayUrl,
      ...(state.kind === 'attached' ? { attachment: state.attachment } : {}),
      way: (state.kind === 'attached' ? this.#way : undefined) ?? this.#ways.current,
      ...(this.#upAtMs === undefined ? {} : { webSocketAt: this.#wallTime(this.#upAtMs) }),
      ...('retryInMs' in state ? { retryAt: new Date(since.getTime() + state.retryInMs).toISOString() } : {}),
      reconnects: Math.max(0, this.#sessions - 1 - this.#handOvers),
      handOvers: this.#handOvers,
      ...(this.#lastFailure === undefined ? {} : { lastFailure: this.#lastFailure }),
      garbageFrames: this.#session?.garbageFrames ?? 0,
      ...(this.#relayClockOffsetMs === undefined ? {} : { relayClockOffsetMs: this.#relayClockOffsetMs }),
    }
  }

  /** Resolves when attached, at once if it is. Rejects only when stopped or when the signal aborts. */
  attached(signal?: AbortSignal): Promise<void> {
    return this.#standing.attached(signal)
  }

  /**
   * Hands one sealed envelope to the relay.
   *
   * Never queues for a later session: whether something may be sent again is for its class to say.
   */
  send(to: Address, cargo: Bytes, options: SendOptions): Sending {
    const attachment = this.#session?.attachment
    if (attachment !== undefined) return attachment.send(to, cargo, options.ttlMs, options.expectsAnswer ?? false)
    return refusedSending(dialFailure(this.#standing.state.kind === 'stopped' ? 'STOPPED' : 'NOT_ATTACHED'))
  }

  /**
   * Pushes a signed admission list; consoles only.
   *
   * @throws DIAL_ADMISSION_REFUSED, DIAL_NOT_ATTACHED, DIAL_LOST, DIAL_SILENT
   */
  async admit(number: number, signedList: Bytes): Promise<void> {
    const attachment = this.#session?.attachment
    if (attachment === undefined) throw dialFailure('NOT_ATTACHED')
    await attachment.admit(number, signedList)
  }

  /** Resolves when the relay has everything that was sent before. @throws DIAL_NOT_ATTACHED, and why the session ended. */
  async arrived(): Promise<void> {
    const attachment = this.#session?.attachment
    if (attachment === undefined) throw dialFailure('NOT_ATTACHED')
    await attachment.arrived()
  }

  /** Something takes too long: checks the line now instead of at the next beat. */
  suspect(): void {
    this.#session?.attachment?.suspect()
  }

  /** Does not wait for the back-off to end; for an administrator who has just repaired something. */
  dialNow(): void {
    if (this.#retry === undefined) return
    this.#retry.cancel()
    this.#dial()
  }

  /** Takes no new work. What is under way can still be answered; a session that is lost is not made again. */
  async drain(): Promise<void> {
    if (this.#isDraining || this.#stopped !== undefined) return
    this.#isDraining = true
    this.#renewal.rest()
    this.#next?.end(dialFailure('STOPPED'))
    const attachment = this.#session?.attachment
    if (attachment === undefined) {
      await this.stop()
      return
    }
    this.#standing.enter({ kind: 'draining' })
    // A session that is lost in this moment has drained all the same.
    await attachment.drain().catch(() => undefined)
  }

  /** Ends the session in good order and lets go of everything. Safe to call twice. */
  stop(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#stopped = Promise.withResolvers<void>()
      this.#retry?.cancel()
      this.#retry = undefined
      this.#renewal.rest()
      this.#planLookUp(undefined)
      for (const session of this.#open) session.end(dialFailure('STOPPED'))
      this.#finishIfOver()
    }
    return this.#stopped.promise
  }

  #wallTime(monotonicMs: number): string {
    return new Date(this.#clock.now().getTime() + monotonicMs - this.#clock.monotonicMs()).toISOString()
  }

  get #open(): readonly Session[] {
    return [this.#session, this.#next, ...this.#leaving].filter((session) => session !== undefined)
  }

  #dial(): void {
    this.#retry = undefined
    // Not for the first time: whoever made us does not hold us yet, and knows it.
    if (this.#standing.state.kind !== 'connecting') this.#standing.enter({ kind: 'connecting' })
    this.#session = this.#start(this.#ways.current)
  }

  #start(way: Way): Session {
    const { onCargo, onRoster, onRosterChange, onHandedOver } = this.#options.handlers
    const session: Session = new Session(
      this.#ways.opener(way),
      { ...this.#options, outbox: this.#outbox },
      {
        onAttached: (frame, relay) => this.#attached(session, way, frame, relay),
        onCargo: (from, cargo, ttlMs, acknowledge) => {
          if (onCargo === undefined) acknowledge()
          else onCargo(from, cargo, ttlMs, acknowledge)
        },
        // Two sessions tell the same story, the newer one from its beginning.
        onRoster: (entries) => this.#ifCurrent(session, () => onRoster?.(entries)),
        onRosterChange: (event, entry) => this.#ifCurrent(session, () => onRosterChange?.(event, entry)),
        onHandedOver: (handOver) => this.#ifCurrent(session, () => onHandedOver?.(handOver, session.relay)),
        onGoAway: (afterMs, failure) => this.#ifCurrent(session, () => this.#goAway(session, afterMs, failure)),
        onEnded: (failure) => this.#ended(session, way, failure),
      },
    )
    return session
  }

  #ifCurrent(session: Session, action: () => void): void {
    if (session === this.#session) action()
  }

  /** Makes a session beside the one that stands. */
  #renew(way: Way = this.#ways.current): void {
    if (this.#isDraining || this.#stopped !== undefined || this.#next !== undefined) return
    if (this.#session?.attachment !== undefined) this.#next = this.#start(way)
  }

  /** Perhaps a WebSocket gets through by now. */
  #lookUp(): void {
    this.#log.info('trying a WebSocket beside the long-poll', { relayUrl: this.#options.relayUrl })
    this.#renew('webSocket')
    this.#planLookUp(this.#ways.lookAgainMs())
  }

  #planLookUp(waitMs: number | undefined): void {
    this.#up?.cancel()
    this.#upAtMs = waitMs === undefined ? undefined : this.#clock.monotonicMs() + waitMs
    this.#up = waitMs === undefined ? undefined : this.#clock.after(waitMs, () => this.#lookUp(), { background: true })
  }

  #attached(session: Session, way: Way, { attachment, time }: FrameNamed<'attached'>, relay: RelayId): void {
    const before = session === this.#next ? this.#session : undefined
    if (session === this.#next) {
      this.#session = session
      this.#next = undefined
    }
    const now = this.#clock.now()
    this.#sessions++
    this.#relayClockOffsetMs = time.getTime() - now.getTime()
    this.#way = way
    if (!this.#ways.attached(way)) this.#planLookUp(undefined)
    else if (this.#upAtMs === undefined) this.#planLookUp(this.#ways.lookAgainMs())
    this.#redial.rest()
    this.#redial.attached()
    if (this.#options.identity.role !== 'guest') this.#renewal.attached()
    if (before !== undefined) {
      this.#handOvers++
      void this.#handOver(before, attachment)
    }
    this.#standing.enter({ kind: 'attached', attachment, relay, since: now })
  }

  /** The old session says who comes after it, waits for what the relay has for it, and ends. */
  async #handOver(before: Session, successor: AttachmentId): Promise<void> {
    const { tuning } = this.#options
    const done = dialFailure('GOING_AWAY', { details: { reason: 'handed over' } })
    this.#leaving.add(before)
    const late = this.#clock.after(tuning.lingerMs, () => before.end(done), { background: true })
    try {
      await before.attachment?.handOver(successor)
    } catch (error) {
      this.#log.info('the session before could not hand over', { error })
    }
    late.cancel()
    before.end(done)
  }

  #goAway(session: Session, afterMs: number, failure: DialFailure): void {
    if (this.#isDraining) return
    this.#log.info('the relay sends us away', { afterMs, reason: failure.code })
    const isUnwelcome = failure.code === 'DIAL_REPLACED' || this.#options.identity.role === 'guest'
    this.#redial.depart(afterMs, failure, isUnwelcome ? () => session.end(failure) : undefined)
    if (!isUnwelcome) this.#renewal.depart(afterMs)
  }

  #ended(session: Session, way: Way, cause: DialFailure): void {
    if (this.#leaving.delete(session)) return this.#finishIfOver()
    if (session === this.#next) {
      this.#next = undefined
      // What goes wrong with another way beside says nothing about the one that stands.
      if (way === this.#way) this.#ways.failed(way, cause)
      if (this.#stopped === undefined && !this.#isDraining) this.#renewalFailed(way, cause)
      return this.#finishIfOver()
    }
    const wasAttached = this.#session?.hasAttached === true
    this.#session = undefined
    this.#renewal.rest()
    this.#planLookUp(undefined)
    this.#outbox.lose(dialFailure('LOST', { details: { because: cause.code } }))
    if (this.#stopped !== undefined || this.#isDraining) {
      this.#stopped ??= Promise.withResolvers<void>()
      return this.#finishIfOver()
    }
    const { failure, retryInMs } = this.#redial.ended(cause)
    if (!wasAttached) this.#ways.failed(way, failure)
    else if (!this.#redial.isDeparture(failure)) this.#ways.ended(failure)
    this.#lastFailure = { ...failure.toJSON(), at: this.#clock.now().toISOString() }
    if (this.#next !== undefined) {
      // Somebody is on the way already.
      this.#session = this.#next
      this.#next = undefined
      return this.#standing.enter({ kind: 'connecting' })
    }
    const isRefused = failure.code === 'DIAL_PROOF_REFUSED' || failure.code === 'DIAL_REPLACED'
    this.#retry = this.#clock.after(retryInMs, () => this.#dial())
    this.#standing.enter({ kind: isRefused ? 'refused' : 'waiting', retryInMs, failure })
  }

  #renewalFailed(way: Way, failure: DialFailure): void {
    if (way === this.#ways.current) this.#renewal.failed(failure)
    const suppressed = this.#logLimit.admit(`renewal ${failure.code}`)
    if (suppressed !== undefined) this.#log.info('no new session beside the old one', { failure, suppressed })
  }

  #finishIfOver(): void {
    if (this.#stopped === undefined || this.#open.length > 0) return
    this.#redial.rest()
    this.#standing.enter({ kind: 'stopped' })
    this.#stopped.resolve()
  }
}
