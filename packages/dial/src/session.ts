/**
 * One session: challenge, proof, then frames until it ends.
 *
 * The relay is trusted with nothing but availability. Whatever it sends costs a bounded
 * amount of memory and ends, at worst, this session.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import {
  decodeFrame,
  encodeFrame,
  hopVersion,
  limits,
  makeProof,
  unknownSender,
  type Address,
  type FrameNamed,
  type Identity,
  type RelayFrame,
  type RelayId,
  type RosterEntry,
  type Sign,
} from '@sallygate/hop'
import { CreditAccount } from './credit.ts'
import { dialFailure, type DialFailure } from './failures.ts'
import { Heartbeat } from './heartbeat.ts'
import { Outbox, type Sending } from './outbox.ts'
import { Rate } from './rate.ts'
import { admissionFailure, departureFailure, refusalFailure, undeliveredFailure } from './relay-words.ts'
import type { DialTuning } from './tuning.ts'
import type { OpenWire, Wire } from './wire.ts'

export type RosterEvent = FrameNamed<'rosterChange'>['event']

/** Credits the relay with having room for one more. Calling it twice is calling it once. */
export type Acknowledge = () => void

export interface SessionHandlers {
  onAttached(attached: FrameNamed<'attached'>, relay: RelayId): void
  onCargo(from: Address, cargo: Buffer, ttlMs: number, acknowledge: Acknowledge): void
  onRoster(entries: readonly RosterEntry[]): void
  onRosterChange(event: RosterEvent, entry: RosterEntry): void
  onGoAway(afterMs: number, failure: DialFailure): void
  /** Once, and last. */
  onEnded(failure: DialFailure): void
}

export interface SessionOptions {
  readonly identity: Identity
  readonly sign: Sign
  readonly expectedRelay: RelayId | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly tuning: DialTuning
}

type Phase = 'opening' | 'challenge' | 'proving' | 'verdict' | 'attached' | 'ended'

export class Session {
  readonly #options: SessionOptions
  readonly #handlers: SessionHandlers
  readonly #abort = new AbortController()
  readonly #outbox: Outbox
  readonly #admissions = new Map<number, { resolve: () => void; reject: (failure: DialFailure) => void }>()
  readonly #pongs: Rate
  readonly #unasked: Rate
  #phase: Phase = 'opening'
  #wire: Wire | undefined
  #relay: RelayId = ''
  #verdict: Timer | undefined
  #heartbeat: Heartbeat | undefined
  #credit: CreditAccount | undefined
  #isGrantPlanned = false
  #sequence = 0
  #garbage = 0
  #failure: DialFailure | undefined

  constructor(open: OpenWire, options: SessionOptions, handlers: SessionHandlers) {
    const { clock, tuning } = options
    this.#options = options
    this.#handlers = handlers
    this.#pongs = new Rate(clock, limits.pongsPerSecond, limits.pongsPerSecond)
    this.#unasked = new Rate(clock, tuning.unaskedPerSecond, tuning.unaskedBurst)
    this.#outbox = new Outbox({ clock, overdueMs: tuning.overdueMs, onOverdue: () => this.suspect() })
    const events = {
      opened: (wire: Wire) => this.#opened(wire),
      message: (message: Buffer) => this.#receive(message),
      closed: (failure: DialFailure) => this.#ended(failure),
    }
    open(events, this.#abort.signal).catch((cause: unknown) => this.#ended(asDialFailure(cause)))
  }

  get garbageFrames(): number {
    return this.#garbage
  }

  get isAttached(): boolean {
    return this.#phase === 'attached'
  }

  /** Hands one cargo to the relay, or says at once why not; nothing queues here beyond the wire's bound. */
  send(to: Address, cargo: Bytes, ttlMs: number, expectsAnswer: boolean): Sending {
    if (cargo.length > limits.cargoBytes) {
      return refusedSending(dialFailure('TOO_LARGE', { details: { bytes: cargo.length, limit: limits.cargoBytes } }))
    }
    if (!this.isAttached || this.#wire === undefined) return refusedSending(dialFailure('NOT_ATTACHED'))
    const { tuning } = this.#options
    const isFull = this.#wire.progress().bufferedBytes + cargo.length > tuning.maxBufferedBytes
    if (isFull || this.#outbox.size >= tuning.maxOpenSends) {
      return refusedSending(dialFailure('BUSY', { details: { where: 'this end', retryAfterMs: 250 } }))
    }
    const { token, fate, settle } = this.#outbox.track(ttlMs, expectsAnswer)
    const frame = encodeFrame({ type: 'cargo', to, from: unknownSender, token, ttlMs, cargo })
    const handed = this.#write(frame)
    handed.catch(() => undefined)
    return { token, handed, fate, settle }
  }

  /** Pushes an admission list in its parts; resolves when the relay says that it is in force. */
  async admit(number: number, parts: readonly FrameNamed<'admit'>[]): Promise<void> {
    if (!this.isAttached) throw dialFailure('NOT_ATTACHED')
    const { clock, tuning } = this.#options
    const verdict = new Promise<void>((resolve, reject) => this.#admissions.set(number, { resolve, reject }))
    verdict.catch(() => undefined)
    const timer = clock.after(tuning.admissionMs, () =>
      this.#admissions
        .get(number)
        ?.reject(dialFailure('SILENT', { details: { waitedFor: 'admission verdict', afterMs: tuning.admissionMs } })),
    )
    try {
      for (const part of parts) await this.#write(encodeFrame(part))
      await verdict
    } finally {
      timer.cancel()
      this.#admissions.delete(number)
    }
  }

  /** Tells the relay that no new work should come. */
  async drain(): Promise<void> {
    if (this.isAttached) await this.#write(encodeFrame({ type: 'draining' }))
  }

  suspect(): void {
    this.#heartbeat?.suspect()
  }

  /** Ends in good order; `onEnded` follows. */
  end(failure: DialFailure): void {
    this.#failure ??= failure
    this.#abort.abort(this.#failure)
    this.#wire?.end()
  }

  #cut(failure: DialFailure): void {
    this.#failure ??= failure
    this.#abort.abort(this.#failure)
    this.#wire?.cut()
  }

  #opened(wire: Wire): void {
    this.#wire = wire
    this.#phase = 'challenge'
    const { clock, tuning } = this.#options
    this.#verdict = clock.after(tuning.proofMs, () =>
      this.#cut(dialFailure('SILENT', { details: { waitedFor: this.#phase, afterMs: tuning.proofMs } })),
    )
    if (this.#abort.signal.aborted) wire.end()
  }

  #receive(message: Buffer): void {
    if (this.#phase === 'ended' || this.#failure !== undefined) return
    this.#heartbeat?.heard()
    let frame: RelayFrame
    try {
      frame = decodeFrame(message, 'relay')
    } catch {
      this.#countGarbage('not a frame')
      return
    }
    if (this.#phase === 'attached') this.#attachedFrame(frame)
    else if (frame.type === 'refused') this.#cut(refusalFailure(frame))
    else if (frame.type === 'challenge' && this.#phase === 'challenge') void this.#prove(frame)
    else if (frame.type === 'attached' && this.#phase === 'verdict') this.#attached(frame)
    else this.#cut(dialFailure('PROTOCOL', { details: { reason: `${frame.type} before it was attached` } }))
  }

  async #prove(challenge: FrameNamed<'challenge'>): Promise<void> {
    const { identity, sign, expectedRelay } = this.#options
    this.#phase = 'proving'
    if (challenge.version !== hopVersion) {
      const details = { reason: 'another protocol version', theirs: challenge.version, ours: hopVersion }
      this.#cut(dialFailure('PROTOCOL', { details }))
      return
    }
    this.#relay = challenge.relay
    // Before signing: a stranger gets neither our key nor our pseudonym.
    if (expectedRelay !== undefined && challenge.relay !== expectedRelay) {
      this.#cut(dialFailure('WRONG_RELAY', { details: { expected: expectedRelay, found: challenge.relay } }))
      return
    }
    try {
      const proof = await makeProof(identity, challenge, sign)
      if (this.#failure !== undefined || this.#phase !== 'proving') return
      this.#phase = 'verdict'
      this.#wire?.send(encodeFrame(proof))
    } catch (cause) {
      this.#cut(dialFailure('CANNOT_SIGN', { cause }))
    }
  }

  #attached(frame: FrameNamed<'attached'>): void {
    const { clock, random, tuning } = this.#options
    const wire = this.#wire as Wire
    this.#verdict?.cancel()
    this.#phase = 'attached'
    // The relay proposes; a relay that says "never ping" or "a window of 65,535" is not obeyed.
    const pingMs = Math.min(tuning.pingMs, Math.max(tuning.pingMs / 5, frame.pingMs))
    const deadMs = Math.min(tuning.deadMs, Math.max(3 * pingMs, frame.deadMs))
    this.#credit = new CreditAccount(Math.min(tuning.maxWindow, Math.max(1, frame.window)))
    this.#heartbeat = new Heartbeat({
      clock,
      random,
      pingMs,
      deadMs,
      suspectMs: tuning.suspectMs,
      progress: () => wire.progress(),
      ping: () => this.#ping(),
      silent: (silentMs) => this.#cut(dialFailure('SILENT', { details: { silentMs: Math.round(silentMs) } })),
    })
    this.#handlers.onAttached(frame, this.#relay)
  }

  #attachedFrame(frame: RelayFrame): void {
    if (frame.type === 'cargo') {
      this.#cargo(frame)
      return
    }
    // Full rosters are the dearest thing a relay can make us decode.
    if (!this.#unasked.take(frame.type === 'roster' ? 100 : 1)) {
      this.#cut(dialFailure('PROTOCOL', { details: { reason: `flood of ${frame.type}` } }))
      return
    }
    switch (frame.type) {
      case 'ping':
        if (this.#pongs.take()) this.#wire?.send(encodeFrame({ type: 'pong', sequence: frame.sequence }))
        else this.#countGarbage('ping flood')
        return
      case 'pong':
        return
      case 'undelivered':
        this.#outbox.undelivered(frame.token, undeliveredFailure(frame))
        return
      case 'roster':
        this.#guard(() => this.#handlers.onRoster(frame.entries))
        return
      case 'rosterChange':
        this.#guard(() => this.#handlers.onRosterChange(frame.event, frame.entry))
        return
      case 'goAway':
        this.#handlers.onGoAway(frame.afterMs, departureFailure(frame))
        return
      case 'admitted': {
        const waiting = this.#admissions.get(frame.number)
        if (frame.ok) waiting?.resolve()
        else waiting?.reject(admissionFailure(frame))
        return
      }
      case 'refused':
        this.#cut(refusalFailure(frame))
        return
      case 'challenge':
      case 'attached':
        this.#countGarbage(frame.type)
        return
    }
  }

  #cargo(frame: FrameNamed<'cargo'>): void {
    if (this.#credit?.spend() !== true) {
      this.#countGarbage('cargo without credit')
      return
    }
    let isOpen = true
    const acknowledge = () => {
      if (!isOpen) return
      isOpen = false
      this.#credit?.acknowledge()
      this.#planGrant()
    }
    const { from, cargo, ttlMs } = frame
    this.#guard(() => this.#handlers.onCargo(from, cargo as Buffer, ttlMs, acknowledge), acknowledge)
  }

  /** Credit goes back once a turn, however many were acknowledged in it. */
  #planGrant(): void {
    if (this.#isGrantPlanned) return
    this.#isGrantPlanned = true
    setImmediate(() => {
      this.#isGrantPlanned = false
      if (!this.isAttached || this.#failure !== undefined) return
      const count = this.#credit?.grant() ?? 0
      if (count > 0) this.#wire?.send(encodeFrame({ type: 'credit', count }))
    })
  }

  /** A defect in what the application does with one frame must not end the process of all the others. */
  #guard(action: () => void, afterwards?: () => void): void {
    try {
      action()
    } catch (error) {
      this.#options.log.error('a handler failed', { error })
      afterwards?.()
    }
  }

  #ping(): void {
    this.#sequence = (this.#sequence + 1) >>> 0
    this.#wire?.send(encodeFrame({ type: 'ping', sequence: this.#sequence }))
  }

  #countGarbage(reason: string): void {
    this.#garbage++
    if (this.#garbage <= this.#options.tuning.maxGarbage && this.#phase === 'attached') return
    this.#cut(dialFailure('PROTOCOL', { details: { reason, garbageFrames: this.#garbage } }))
  }

  #write(frame: Bytes): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#wire === undefined || this.#phase === 'ended') reject(dialFailure('LOST'))
      else
        this.#wire.send(frame, (cause) => (cause instanceof Error ? reject(dialFailure('LOST', { cause })) : resolve()))
    })
  }

  #ended(failure: DialFailure): void {
    if (this.#phase === 'ended') return
    this.#phase = 'ended'
    this.#verdict?.cancel()
    this.#heartbeat?.stop()
    const ours = this.#failure ?? failure
    this.#outbox.lose(dialFailure('LOST', { details: { because: ours.code } }))
    for (const { reject } of this.#admissions.values()) reject(dialFailure('LOST', { details: { because: ours.code } }))
    this.#handlers.onEnded(ours)
  }
}

export function refusedSending(failure: DialFailure): Sending {
  const handed = Promise.reject<void>(failure)
  const fate = Promise.reject<never>(failure)
  handed.catch(() => undefined)
  fate.catch(() => undefined)
  return { token: '', handed, fate, settle: () => undefined }
}

function asDialFailure(cause: unknown): DialFailure {
  return dialFailure.is(cause) ? cause : dialFailure('CUT', { cause })
}
