/**
 * An attachment: one proven connection of a peer, and what is on its way to it.
 *
 * It sends while the peer has credit and the network takes bytes; otherwise cargo waits
 * in the mailbox. No attachment ever waits for another one.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import {
  encodeFrame,
  limits,
  routeKey,
  stampTtl,
  tokenOf,
  type Address,
  type AttachmentId,
  type FrameNamed,
  type RelayFrame,
} from '@sallygate/hop'
import type { CargoDropReason, Counters, EndReason } from './counters.ts'
import { aboutMs, between } from './jitter.ts'
import type { Line } from './line.ts'
import type { Peer, Sender } from './peer.ts'
import { Mailbox, type Letter, type MailboxBounds, type WaitingRoom } from './mailbox.ts'
import { Pulse } from './pulse.ts'
import { TokenBucket } from './token-bucket.ts'

/** Above this, cargo waits in the mailbox where it can still expire, not in a socket where it cannot. */
const highWaterBytes = 256 * 1024
/** A full roster is under 1 MiB; whoever lets four of them pile up does not read. */
const controlBoundBytes = 4 * 1024 * 1024
/** A frame of 14 bytes costs half a KiB while it waits; twice the largest roster may change at once. */
const unwrittenBound = 20_000

/** Over how long those are spread who are asked to come back anew, at most; a tenth of the age where that is short. */
const longestSpreadMs = 60_000
/** A new connection may take some attempts; nobody is cut for that before this many spreads. */
const overtimeSpreads = 10

const connectorWindow = { window: limits.window, messages: limits.queueMessages }
const windows = {
  console: { window: limits.consoleWindow, messages: limits.consoleQueueMessages },
  connector: connectorWindow,
  guest: connectorWindow,
}

export interface AttachmentOptions {
  readonly clock: Clock
  readonly counters: Counters
  readonly room: WaitingRoom
  readonly line: Line
  readonly id: AttachmentId
  readonly address: Address
  /** Raw point, as text, for the admission list. */
  readonly publicKey: string
  /** After this it is asked to come back anew. */
  readonly ageMs: number
  /** Who speaks for the instance of an attachment that is over. */
  readonly heirOf: (attachment: Attachment) => Peer | undefined
  /** Called once, with what the mailbox still held. */
  readonly ended: (attachment: Attachment, reason: EndReason, left: readonly Letter<Sender>[]) => void
}

export class Attachment implements Peer {
  readonly id: AttachmentId
  readonly address: Address
  readonly route: string
  readonly senderBytes: Buffer
  readonly publicKey: string
  readonly since: Date
  isDraining = false
  /** The attachment of the same instance that this one has handed over to. */
  successor: AttachmentId | undefined
  /** Cargos a guest has sent. */
  sent = 0

  readonly #options: AttachmentOptions
  readonly #line: Line
  readonly #clock: Clock
  readonly #mailbox: Mailbox<Sender>
  readonly #pongs: TokenBucket
  readonly #window: number
  readonly #attachedMs: number
  /** When it is asked to come back anew; then when it is cut. */
  #oldAtMs: number
  #isAskedToLeave = false
  #credit: number
  readonly #pulse: Pulse
  #sequence = 0
  #unwritten = 0
  #progressMs: number
  #hasEnded = false

  constructor(options: AttachmentOptions) {
    const { clock, address } = options
    this.#options = options
    this.#line = options.line
    this.#clock = clock
    this.id = options.id
    this.address = address
    this.publicKey = options.publicKey
    this.route = routeKey(address)
    this.senderBytes = Buffer.from(this.route, 'latin1')
    this.since = clock.now()
    const { window, messages } = windows[address.role]
    const bounds: MailboxBounds = { messages, bytes: limits.queueBytes }
    this.#mailbox = new Mailbox(bounds, options.room)
    this.#window = window
    this.#credit = window
    const nowMs = clock.monotonicMs()
    this.#pongs = new TokenBucket(limits.pongsPerSecond, limits.pongsPerSecond, nowMs)
    this.#attachedMs = nowMs
    this.#oldAtMs = nowMs + aboutMs(options.ageMs)
    this.#pulse = new Pulse(nowMs)
    this.#progressMs = nowMs
  }

  /** The first frame an attachment gets. */
  welcome(): void {
    this.tell({
      type: 'attached',
      attachment: this.id,
      pingMs: limits.pingMs,
      deadMs: limits.deadMs,
      window: this.#window,
      time: this.#clock.now(),
    })
  }

  /** Any frame at all proves that the peer lives. */
  heard(): void {
    this.#pulse.heard(this.#clock.monotonicMs())
  }

  /** Sends a frame of the relay's own. These are small and few, and a peer that lets them pile up is cut. */
  tell(frame: RelayFrame): void {
    this.tellEncoded(encodeFrame(frame))
  }

  tellEncoded(frame: Buffer): void {
    if (this.#hasEnded) return
    if (this.#line.waitingBytes > controlBoundBytes || this.#unwritten > unwrittenBound) {
      this.end('slowReader')
      return
    }
    this.#write(frame)
  }

  /** Takes a whole cargo frame, already stamped with its sender. */
  deliver(frame: Buffer, sender: Sender, ttlMs: number): 'taken' | CargoDropReason {
    if (this.#hasEnded) return 'noSuchPeer'
    if (this.#mailbox.length === 0 && this.#mayWrite()) {
      this.#forward(frame)
      return 'taken'
    }
    const result = this.#mailbox.put(frame, sender, this.#clock.monotonicMs() + ttlMs)
    return result === 'kept' ? 'taken' : result
  }

  /** The peer has dealt with so many cargos. More credit than the window is a window. */
  grant(count: number): void {
    this.#credit = Math.min(this.#window, this.#credit + count)
    this.#pump()
  }

  answerPing(sequence: number): void {
    if (this.#pongs.take(this.#clock.monotonicMs())) this.tell({ type: 'pong', sequence })
    else this.#options.counters.ignored.pingFlood++
  }

  answerControlPing(): void {
    if (this.#pongs.take(this.#clock.monotonicMs())) this.#line.controlPong()
    else this.#options.counters.ignored.pingFlood++
  }

  /** Tells the sender of one cargo that it did not arrive, and counts why. */
  undelivered(frame: Buffer, reason: CargoDropReason): void {
    if (!this.#hasEnded) {
      this.tellUndelivered(tokenOf(frame), reason)
      return
    }
    const heir = this.successor === undefined ? undefined : this.#options.heirOf(this)
    if (heir !== undefined && heir !== this) {
      heir.undelivered(frame, reason)
      return
    }
    this.#options.counters.cargoDropped[reason]++
    this.#options.counters.cargoDropped.senderGone++
  }

  tellUndelivered(token: string, reason: CargoDropReason): void {
    this.#options.counters.cargoDropped[reason]++
    const shown = wordsFor[reason]
    const retryAfterMs = shown === 'busy' ? between(100, 1000) : 0
    this.tell({ type: 'undelivered', token, reason: shown, retryAfterMs })
  }

  /** What time does to an attachment. Called a few times a second. */
  tick(nowMs: number, untilNextMs: number): void {
    const pulse = this.#pulse.feel(nowMs, untilNextMs)
    if (pulse === 'gone') return this.end('silent')
    if (this.#unwritten > 0 && nowMs - this.#progressMs + untilNextMs > limits.stallMs) return this.end('stalled')
    if (this.address.role === 'guest' && nowMs - this.#attachedMs + untilNextMs > limits.guestMs) {
      return this.refuse('spent', 'spent', 0)
    }
    for (const { frame, sender } of this.#mailbox.takeExpired(nowMs)) sender.undelivered(frame, 'expired')
    if (nowMs >= this.#oldAtMs && this.address.role !== 'guest') return this.#grownOld(nowMs)
    if (pulse === 'ask') this.tell({ type: 'ping', sequence: ++this.#sequence })
  }

  /** What waits for it, taken out: it belongs to its successor now. */
  takeWaiting(): readonly Letter<Sender>[] {
    return this.#mailbox.takeAll()
  }

  /** Asked once, each peer at a time of its own; who stays all the same is cut. */
  #grownOld(nowMs: number): void {
    if (this.#isAskedToLeave) return this.end('aged', 1001)
    this.#isAskedToLeave = true
    const spreadMs = Math.min(longestSpreadMs, this.#options.ageMs / 10)
    this.#oldAtMs = nowMs + overtimeSpreads * spreadMs
    this.tell({ type: 'goAway', afterMs: between(0, spreadMs), reason: 'rebalance' })
  }

  /** Says why, then ends. */
  refuse(word: FrameNamed<'refused'>['reason'], reason: EndReason, retryAfterMs: number): void {
    this.tell({ type: 'refused', reason: word, retryAfterMs })
    this.end(reason, 1008)
  }

  /** @param code A WebSocket close code for a peer that is told; without one the line is cut. */
  end(reason: EndReason, code?: number): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#options.counters.ended[reason]++
    if (code === undefined) this.#line.cut()
    else this.#line.close(code)
    this.#options.ended(this, reason, this.#mailbox.takeAll())
  }

  #mayWrite(): boolean {
    return this.#credit > 0 && this.#line.waitingBytes < highWaterBytes
  }

  #pump(): void {
    while (this.#mailbox.length > 0 && this.#mayWrite()) {
      const letter = this.#mailbox.take()
      if (letter === undefined) return
      const leftMs = Math.floor(letter.dueMs - this.#clock.monotonicMs())
      if (leftMs <= 0) letter.sender.undelivered(letter.frame, 'expired')
      else {
        stampTtl(letter.frame, leftMs)
        this.#forward(letter.frame)
      }
    }
  }

  #forward(frame: Buffer): void {
    this.#credit--
    this.#options.counters.forwarded++
    this.#options.counters.forwardedBytes += frame.length
    this.#write(frame)
  }

  #write(frame: Buffer): void {
    if (this.#unwritten++ === 0) this.#progressMs = this.#clock.monotonicMs()
    this.#line.send(frame, this.#written)
  }

  readonly #written = (error?: Error | null): void => {
    // A write that failed is no progress; the close that follows ends the attachment.
    if (error !== undefined && error !== null) return
    this.#unwritten--
    this.#progressMs = this.#clock.monotonicMs()
    if (this.#mailbox.length > 0) this.#pump()
  }
}

/** What a sender is told. Why memory is short is the administrator's business only. */
const wordsFor: Readonly<Record<CargoDropReason, FrameNamed<'undelivered'>['reason']>> = {
  noSuchPeer: 'noSuchPeer',
  senderGone: 'noSuchPeer',
  busy: 'busy',
  memoryFull: 'busy',
  tooLarge: 'tooLarge',
  expired: 'expired',
  notAllowed: 'notAllowed',
}
