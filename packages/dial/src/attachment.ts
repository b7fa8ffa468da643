/**
 * An attachment, seen from the peer: cargo both ways, roster, admission, heartbeat.
 *
 * It begins with the relay's `attached` and lives as long as its wire. Who may speak at
 * all was settled before, in `session.ts`.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import {
  encodeFrame,
  limits,
  signHandOver,
  unknownSender,
  type Address,
  type AttachmentId,
  type FrameNamed,
  type RelayFrame,
  type RelayId,
  type RosterEntry,
} from '@sallygate/hop'
import { AdmissionPushes } from './admission-pushes.ts'
import { dialFailure, type DialFailure } from './failures.ts'
import { Heartbeat } from './heartbeat.ts'
import { Inbox, type CargoHandler } from './inbox.ts'
import { refusedSending, type Outbox, type Sending } from './outbox.ts'
import { Rate } from './rate.ts'
import { departureFailure, undeliveredFailure } from './relay-words.ts'
import type { PeerOptions } from './session.ts'
import type { Wire } from './wire.ts'

export type RosterEvent = FrameNamed<'rosterChange'>['event']

export interface AttachmentHandlers {
  readonly onCargo: CargoHandler
  onRoster(entries: readonly RosterEntry[]): void
  onRosterChange(event: RosterEvent, entry: RosterEntry): void
  onGoAway(afterMs: number, failure: DialFailure): void
  /** An instance has moved to another attachment, as the relay says; its signature is for the console to check. */
  onHandedOver(handOver: FrameNamed<'handedOver'>): void
}

interface Owner {
  readonly relay: RelayId
  readonly outbox: Outbox
  readonly handlers: AttachmentHandlers
  readonly garbage: (reason: string) => void
  readonly cut: (failure: DialFailure) => void
}

/** A full roster costs as much to decode as a hundred other frames. */
const rosterCost = 100

export class Attachment {
  readonly id: AttachmentId
  readonly #wire: Wire
  readonly #options: PeerOptions
  readonly #owner: Owner
  readonly #inbox: Inbox
  readonly #outbox: Outbox
  readonly #pushes: AdmissionPushes
  readonly #heartbeat: Heartbeat
  readonly #pongs: Rate
  readonly #unasked: Rate
  readonly #handedOver = Promise.withResolvers<void>()
  readonly #arrivals = new Map<
    number,
    { readonly resolve: () => void; readonly reject: (failure: DialFailure) => void }
  >()
  #sequence = 0

  constructor(wire: Wire, attached: FrameNamed<'attached'>, options: PeerOptions, owner: Owner) {
    const { clock, random, tuning } = options
    this.#wire = wire
    this.#options = options
    this.#owner = owner
    this.#pongs = new Rate(clock, limits.pongsPerSecond, limits.pongsPerSecond)
    this.#unasked = new Rate(clock, tuning.unaskedPerSecond, tuning.unaskedBurst)
    this.#outbox = owner.outbox
    this.id = attached.attachment
    this.#handedOver.promise.catch(() => undefined)
    this.#pushes = new AdmissionPushes(clock, tuning.admissionMs, (frame) => this.#write(frame))
    // The relay proposes. One that says "never ping" or "a window of 65,535" is not obeyed.
    this.#inbox = new Inbox(Math.min(tuning.maxWindow, Math.max(1, attached.window)), {
      handler: owner.handlers.onCargo,
      guard: (action, afterwards) => this.#guard(action, afterwards),
      maxHeldBytes: tuning.maxHeldBytes,
      grant: (count) => wire.send(encodeFrame({ type: 'credit', count })),
    })
    const pingMs = Math.min(tuning.pingMs, Math.max(tuning.pingMs / 5, attached.pingMs))
    this.#heartbeat = new Heartbeat({
      clock,
      random,
      pingMs,
      deadMs: Math.min(tuning.deadMs, Math.max(3 * pingMs, attached.deadMs)),
      suspectMs: tuning.suspectMs,
      progress: () => wire.progress(),
      ping: () => this.#ping(),
      silent: (silentMs) => owner.cut(dialFailure('SILENT', { details: { silentMs: Math.round(silentMs) } })),
    })
  }

  /** Hands one cargo to the relay, or says at once why not; nothing queues here beyond the wire's bound. */
  send(to: Address, cargo: Bytes, ttlMs: number, expectsAnswer: boolean): Sending {
    const { tuning } = this.#options
    if (cargo.length > limits.cargoBytes) {
      return refusedSending(dialFailure('TOO_LARGE', { details: { bytes: cargo.length, limit: limits.cargoBytes } }))
    }
    const isFull = this.#wire.progress().bufferedBytes + cargo.length > tuning.maxBufferedBytes
    if (isFull || this.#outbox.size >= tuning.maxOpenSends) {
      return refusedSending(dialFailure('BUSY', { details: { where: 'this end', retryAfterMs: 250 } }))
    }
    const { token, fate, settle } = this.#outbox.track(ttlMs, expectsAnswer)
    const handed = this.#write(encodeFrame({ type: 'cargo', to, from: unknownSender, token, ttlMs, cargo }))
    handed.catch(() => undefined)
    return { token, handed, fate, settle }
  }

  async admit(number: number, signedList: Bytes): Promise<void> {
    await this.#pushes.push(number, signedList)
  }

  /** Tells the relay that no new work should come. */
  async drain(): Promise<void> {
    await this.#write(encodeFrame({ type: 'draining' }))
  }

  /**
   * Tells the relay, signed, that `successor` takes the place of this attachment. Resolves when the relay has nothing
   * more for it and no admission list is on its way.
   *
   * @throws DIAL_LOST, or what the signer throws.
   */
  async handOver(successor: AttachmentId): Promise<void> {
    const { identity, sign } = this.#options
    const { group, instance } = identity
    const statement = { relay: this.#owner.relay, group, instance, attachment: this.id, successor }
    await this.#write(encodeFrame(await signHandOver(statement, sign)))
    await this.#handedOver.promise
    await this.#pushes.idle()
  }

  suspect(): void {
    this.#heartbeat.suspect()
  }

  /** Resolves when the relay has everything that was sent before: a ping behind it has come back. It answers ten a second. */
  arrived(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#ping()
    this.#arrivals.set(this.#sequence, { resolve, reject })
    return promise
  }

  /** A slow answer is no reason for doubt while other frames come. */
  overdue(): void {
    if (this.#heartbeat.silentMs >= this.#options.tuning.overdueMs) this.suspect()
  }

  receive(frame: RelayFrame): void {
    this.#heartbeat.heard()
    if (frame.type === 'cargo') {
      if (!this.#inbox.receive(frame)) this.#owner.garbage('cargo without credit')
    } else if (this.#unasked.take(frame.type === 'roster' ? rosterCost : 1)) this.#obey(frame)
    else this.#owner.cut(dialFailure('PROTOCOL', { details: { reason: `flood of ${frame.type}` } }))
  }

  /** Lets go of every timer. */
  rest(): void {
    this.#heartbeat.stop()
    this.#inbox.close()
  }

  lose(failure: DialFailure): void {
    this.rest()
    this.#pushes.lose(failure)
    for (const { reject } of this.#arrivals.values()) reject(failure)
    this.#arrivals.clear()
    this.#handedOver.reject(failure)
  }

  #obey(frame: RelayFrame): void {
    const { handlers } = this.#owner
    if (frame.type === 'undelivered') this.#outbox.undelivered(frame.token, undeliveredFailure(frame))
    else if (frame.type === 'roster') this.#guard(() => handlers.onRoster(frame.entries))
    else if (frame.type === 'rosterChange') this.#guard(() => handlers.onRosterChange(frame.event, frame.entry))
    else if (frame.type === 'goAway') handlers.onGoAway(frame.afterMs, departureFailure(frame))
    else if (frame.type === 'admitted') this.#pushes.settle(frame)
    else if (frame.type === 'handedOver') this.#movedOn(frame)
    else if (frame.type === 'ping') this.#pong(frame.sequence)
    else if (frame.type === 'pong') this.#arrive(frame.sequence)
    else this.#owner.garbage(frame.type)
  }

  #arrive(sequence: number): void {
    this.#arrivals.get(sequence)?.resolve()
    this.#arrivals.delete(sequence)
  }

  #movedOn(frame: FrameNamed<'handedOver'>): void {
    if (frame.attachment === this.id) this.#handedOver.resolve()
    else this.#guard(() => this.#owner.handlers.onHandedOver(frame))
  }

  #ping(): void {
    this.#sequence = (this.#sequence + 1) >>> 0
    this.#wire.send(encodeFrame({ type: 'ping', sequence: this.#sequence }))
  }

  /** A relay that pings at line rate must not fill our queue with answers. */
  #pong(sequence: number): void {
    if (this.#pongs.take()) this.#wire.send(encodeFrame({ type: 'pong', sequence }))
    else this.#owner.garbage('ping flood')
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

  #write(frame: Bytes): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wire.send(frame, (cause) => {
        if (cause instanceof Error) reject(dialFailure('LOST', { cause }))
        else resolve()
      })
    })
  }
}
