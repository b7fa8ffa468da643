/**
 * The client: keeps one session with the relay, for as long as it is not told to stop.
 *
 * It decides when to dial again and says where it stands. What a session does is in
 * `session.ts`; what carries it is handed in, so that this file runs on a fake clock.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import {
  admissionParts,
  type Address,
  type AttachmentId,
  type FrameNamed,
  type RelayId,
  type RosterEntry,
} from '@sallygate/hop'
import { BackOff } from './back-off.ts'
import { dialFailure, type DialFailure } from './failures.ts'
import { LogLimit } from './log-limit.ts'
import type { Sending } from './outbox.ts'
import { longestWaitMs } from './retry-after.ts'
import { refusedSending, Session, type Acknowledge, type RosterEvent, type SessionOptions } from './session.ts'
import type { DialState, DialStatus } from './state.ts'
import type { OpenWire } from './wire.ts'

export interface ClientHandlers {
  /** One sealed envelope. The relay says who sent it; believe the envelope instead. */
  readonly onCargo?: (from: Address, cargo: Buffer, ttlMs: number, acknowledge: Acknowledge) => void
  /** Everybody who is attached, as the relay says. Consoles only; replaces all that was known. */
  readonly onRoster?: (entries: readonly RosterEntry[]) => void
  readonly onRosterChange?: (event: RosterEvent, entry: RosterEntry) => void
  readonly onState?: (state: DialState) => void
}

export interface ClientOptions extends SessionOptions {
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
  readonly #open: OpenWire
  readonly #options: ClientOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #backOff: BackOff
  readonly #logLimit: LogLimit
  #state: DialState = { kind: 'connecting' }
  #stateSince: Date
  #session: Session | undefined
  #retry: Timer | undefined
  #stable: Timer | undefined
  #departure: { readonly atMs: number; readonly failure: DialFailure; readonly timer: Timer } | undefined
  #sessions = 0
  #lastFailure: DialStatus['lastFailure']
  #relayClockOffsetMs: number | undefined
  #stopped: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined
  #isDraining = false
  readonly #waiters = new Set<() => void>()

  constructor(open: OpenWire, options: ClientOptions) {
    const { clock, log, random, tuning } = options
    this.#open = open
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.#backOff = new BackOff({ baseMs: tuning.backOffBaseMs, capMs: tuning.backOffCapMs, random })
    this.#logLimit = new LogLimit(clock)
    this.#stateSince = clock.now()
    this.#dial()
  }

  get state(): DialState {
    return this.#state
  }

  status(): DialStatus {
    const state = this.#state
    const since = this.#stateSince
    return {
      state: state.kind,
      since: since.toISOString(),
      relayUrl: this.#options.relayUrl,
      ...(state.kind === 'attached' ? { attachment: state.attachment } : {}),
      ...('retryInMs' in state ? { retryAt: new Date(since.getTime() + state.retryInMs).toISOString() } : {}),
      reconnects: Math.max(0, this.#sessions - 1),
      ...(this.#lastFailure === undefined ? {} : { lastFailure: this.#lastFailure }),
      garbageFrames: this.#session?.garbageFrames ?? 0,
      ...(this.#relayClockOffsetMs === undefined ? {} : { relayClockOffsetMs: this.#relayClockOffsetMs }),
    }
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

  /**
   * Hands one sealed envelope to the relay.
   *
   * Never queues for a later session: whether something may be sent again is for its class to say.
   */
  send(to: Address, cargo: Bytes, options: SendOptions): Sending {
    if (this.#session === undefined) {
      return refusedSending(dialFailure(this.#state.kind === 'stopped' ? 'STOPPED' : 'NOT_ATTACHED'))
    }
    return this.#session.send(to, cargo, options.ttlMs, options.expectsAnswer ?? false)
  }

  /**
   * Pushes a signed admission list; consoles only.
   *
   * @throws DIAL_ADMISSION_REFUSED, DIAL_NOT_ATTACHED, DIAL_LOST, DIAL_SILENT
   */
  async admit(number: number, signedList: Bytes): Promise<void> {
    if (this.#session === undefined) throw dialFailure('NOT_ATTACHED')
    await this.#session.admit(number, admissionParts(number, signedList))
  }

  /** Something takes too long: checks the line now instead of at the next beat. */
  suspect(): void {
    this.#session?.suspect()
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
    if (this.#session?.isAttached !== true) {
      await this.stop()
      return
    }
    this.#departure?.timer.cancel()
    this.#enter({ kind: 'draining' })
    await this.#session.drain().catch(() => undefined)
  }

  /** Ends the session in good order and lets go of everything. Safe to call twice. */
  stop(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#stopped = Promise.withResolvers<void>()
      this.#retry?.cancel()
      this.#retry = undefined
      if (this.#session === undefined) this.#finish()
      else this.#session.end(dialFailure('STOPPED'))
    }
    return this.#stopped.promise
  }

  #dial(): void {
    this.#retry = undefined
    this.#enter({ kind: 'connecting' })
    const { onCargo, onRoster, onRosterChange } = this.#options.handlers
    this.#session = new Session(this.#open, this.#options, {
      onAttached: (frame, relay) => this.#attached(frame, relay),
      onCargo: (from, cargo, ttlMs, acknowledge) => {
        if (onCargo === undefined) acknowledge()
        else onCargo(from, cargo, ttlMs, acknowledge)
      },
      onRoster: (entries) => onRoster?.(entries),
      onRosterChange: (event, entry) => onRosterChange?.(event, entry),
      onGoAway: (afterMs, failure) => this.#goAway(afterMs, failure),
      onEnded: (failure) => this.#ended(failure),
    })
  }

  #attached(frame: FrameNamed<'attached'>, relay: RelayId): void {
    const now = this.#clock.now()
    this.#sessions++
    this.#relayClockOffsetMs = frame.time.getTime() - now.getTime()
    const attachment: AttachmentId = frame.attachment
    this.#stable = this.#clock.after(this.#backOff.stablePeriodMs(), () => this.#backOff.reset(), { background: true })
    this.#enter({ kind: 'attached', attachment, relay, since: now })
    if (this.#isDraining) void this.#session?.drain().catch(() => undefined)
  }

  #goAway(afterMs: number, failure: DialFailure): void {
    if (this.#departure !== undefined || this.#isDraining) return
    const waitMs = Math.min(afterMs, longestWaitMs)
    const session = this.#session
    const timer = this.#clock.after(waitMs, () => session?.end(failure))
    this.#departure = { atMs: this.#clock.monotonicMs() + waitMs, failure, timer }
    this.#log.info('relay going away', { afterMs: waitMs, reason: failure.code })
  }

  #ended(failure: DialFailure): void {
    const departure = this.#departure
    this.#departure = undefined
    departure?.timer.cancel()
    this.#stable?.cancel()
    this.#session = undefined
    if (this.#stopped !== undefined || this.#isDraining) {
      this.#stopped ??= Promise.withResolvers<void>()
      this.#finish()
      return
    }
    const told = departure?.failure ?? failure
    this.#lastFailure = { ...told.toJSON(), at: this.#clock.now().toISOString() }
    const retryInMs = this.#waitMs(told, departure?.atMs)
    const isRefused = told.code === 'DIAL_PROOF_REFUSED' || told.code === 'DIAL_REPLACED'
    this.#retry = this.#clock.after(retryInMs, () => this.#dial())
    this.#enter({ kind: isRefused ? 'refused' : 'waiting', retryInMs, failure: told })
  }

  #waitMs(failure: DialFailure, departureMs: number | undefined): number {
    const { random } = this.#options
    if (failure.code === 'DIAL_GOING_AWAY' && departureMs !== undefined) {
      // The relay has spread its peers over a window; inside it there is nobody to protect it from.
      return random() * Math.max(0, departureMs - this.#clock.monotonicMs())
    }
    const backOffMs = this.#backOff.next()
    const askedMs = Math.min(longestWaitMs, Number(failure.details['retryAfterMs'] ?? 0))
    // Asked to wait, everybody would come back in the same moment; so the jitter goes on top.
    if (askedMs > 0) return askedMs + backOffMs
    // Dialling again changes nothing about these until a person or a console has acted.
    if (stubborn.has(failure.code)) return this.#backOff.capMs
    return backOffMs
  }

  #finish(): void {
    this.#enter({ kind: 'stopped' })
    this.#stopped?.resolve()
  }

  #enter(state: DialState): void {
    this.#state = state
    this.#stateSince = this.#clock.now()
    this.#report(state)
    try {
      this.#options.handlers.onState?.(state)
    } catch (error) {
      this.#log.error('a handler failed', { error })
    }
    for (const look of this.#waiters) look()
  }

  #report(state: DialState): void {
    if (state.kind === 'connecting') return
    if (!('failure' in state)) {
      this.#log.info(state.kind, { relayUrl: this.#options.relayUrl })
      return
    }
    const { failure, retryInMs } = state
    const suppressed = this.#logLimit.admit(failure.code)
    if (suppressed === undefined) return
    this.#log.warn('no session with the relay', {
      failure,
      fix: failure.fix,
      retryInMs: Math.round(retryInMs),
      suppressed,
    })
  }
}

const stubborn = new Set<string>(['DIAL_PROOF_REFUSED', 'DIAL_REPLACED', 'DIAL_WRONG_RELAY', 'DIAL_CANNOT_SIGN'])
