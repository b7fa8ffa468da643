/**
 * One session: a wire, a challenge, a proof, a verdict, and then an attachment until it ends.
 *
 * The relay is trusted with nothing but availability. Whatever it sends costs a bounded
 * amount of memory and ends, at worst, this session.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import {
  decodeFrame,
  encodeFrame,
  hopVersion,
  makeProof,
  type FrameNamed,
  type Identity,
  type RelayFrame,
  type RelayId,
  type Sign,
} from '@sallygate/hop'
import { Attachment, type AttachmentHandlers } from './attachment.ts'
import { dialFailure, type DialFailure } from './failures.ts'
import type { Outbox } from './outbox.ts'
import { refusalFailure } from './relay-words.ts'
import type { DialTuning } from './tuning.ts'
import type { OpenWire, Wire } from './wire.ts'

export interface SessionHandlers extends AttachmentHandlers {
  onAttached(attached: FrameNamed<'attached'>, relay: RelayId): void
  /** Once, and last. */
  onEnded(failure: DialFailure): void
}

/** Who dials, and how. */
export interface PeerOptions {
  readonly identity: Identity
  readonly sign: Sign
  /** `undefined` lets a guest take whatever relay answers. */
  readonly expectedRelay: RelayId | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly tuning: DialTuning
}

export interface SessionOptions extends PeerOptions {
  /** What was sent and may come back. It outlives a session: the next one of a hand-over goes on with it. */
  readonly outbox: Outbox
}

/** What is waited for next. */
type Phase = 'wire' | 'challenge' | 'signature' | 'verdict' | 'frames' | 'nothing'

export class Session {
  readonly #options: SessionOptions
  readonly #handlers: SessionHandlers
  readonly #abort = new AbortController()
  #phase: Phase = 'wire'
  #wire: Wire | undefined
  #relay: RelayId = ''
  #late: Timer | undefined
  #attachment: Attachment | undefined
  #garbage = 0
  #failure: DialFailure | undefined

  constructor(open: OpenWire, options: SessionOptions, handlers: SessionHandlers) {
    this.#options = options
    this.#handlers = handlers
    const events = {
      opened: (wire: Wire) => this.#opened(wire),
      message: (message: Buffer) => this.#receive(message),
      closed: (failure: DialFailure) => this.#ended(failure),
    }
    open(events, this.#abort.signal).catch((cause: unknown) => this.#ended(asDialFailure(cause)))
  }

  /** The relay's name; empty before it has said it. */
  get relay(): RelayId {
    return this.#relay
  }

  get garbageFrames(): number {
    return this.#garbage
  }

  /** It has been attached, whether or not it still is. */
  get hasAttached(): boolean {
    return this.#attachment !== undefined
  }

  /** Present while the session is good for cargo. */
  get attachment(): Attachment | undefined {
    return this.#failure === undefined ? this.#attachment : undefined
  }

  /** Ends in good order; `onEnded` follows. */
  end(failure: DialFailure): void {
    this.#give(failure)
    this.#wire?.end()
  }

  #cut(failure: DialFailure): void {
    this.#give(failure)
    this.#wire?.cut()
  }

  /** The first failure is the one that counts; what follows is its consequence. */
  #give(failure: DialFailure): void {
    this.#failure ??= failure
    this.#late?.cancel()
    this.#attachment?.rest()
    this.#abort.abort(this.#failure)
  }

  #opened(wire: Wire): void {
    this.#wire = wire
    this.#phase = 'challenge'
    const { clock, tuning } = this.#options
    this.#late = clock.after(tuning.proofMs, () => {
      const details = { waitedFor: this.#phase, afterMs: tuning.proofMs }
      // The signer may be a device of its own, and hang.
      this.#cut(dialFailure(this.#phase === 'signature' ? 'CANNOT_SIGN' : 'SILENT', { details }))
    })
  }

  #receive(message: Buffer): void {
    if (this.#phase === 'nothing' || this.#failure !== undefined) return
    let frame: RelayFrame
    try {
      frame = decodeFrame(message, 'relay')
    } catch {
      this.#countGarbage('not a frame')
      return
    }
    if (frame.type === 'refused') this.#cut(refusalFailure(frame))
    else if (this.#attachment !== undefined) this.#attachment.receive(frame)
    else if (frame.type === 'challenge' && this.#phase === 'challenge') void this.#prove(frame)
    else if (frame.type === 'attached' && this.#phase === 'verdict') this.#attach(frame)
    else this.#cut(dialFailure('PROTOCOL', { details: { reason: `${frame.type} before it was attached` } }))
  }

  async #prove(challenge: FrameNamed<'challenge'>): Promise<void> {
    const { identity, sign, expectedRelay } = this.#options
    this.#phase = 'signature'
    this.#relay = challenge.relay
    // Before signing: a stranger gets neither our key nor our pseudonym.
    const stranger = challengeFailure(challenge, expectedRelay)
    if (stranger !== undefined) {
      this.#cut(stranger)
      return
    }
    try {
      const proof = await makeProof(identity, challenge, sign)
      if (this.#failure !== undefined || this.#phase !== 'signature') return
      this.#phase = 'verdict'
      this.#wire?.send(encodeFrame(proof))
    } catch (cause) {
      this.#cut(dialFailure('CANNOT_SIGN', { cause }))
    }
  }

  #attach(frame: FrameNamed<'attached'>): void {
    this.#late?.cancel()
    this.#phase = 'frames'
    this.#attachment = new Attachment(this.#wire as Wire, frame, this.#options, {
      relay: this.#relay,
      outbox: this.#options.outbox,
      handlers: this.#handlers,
      garbage: (reason) => this.#countGarbage(reason),
      cut: (failure) => this.#cut(failure),
    })
    this.#handlers.onAttached(frame, this.#relay)
  }

  /** Cheap, and soon over: an odd frame is forgiven once attached, a stream of them is not. */
  #countGarbage(reason: string): void {
    this.#garbage++
    if (this.#attachment !== undefined && this.#garbage <= this.#options.tuning.maxGarbage) return
    this.#cut(dialFailure('PROTOCOL', { details: { reason, garbageFrames: this.#garbage } }))
  }

  #ended(failure: DialFailure): void {
    if (this.#phase === 'nothing') return
    this.#phase = 'nothing'
    this.#give(failure)
    const told = this.#failure ?? failure
    this.#attachment?.lose(dialFailure('LOST', { details: { because: told.code } }))
    this.#handlers.onEnded(told)
  }
}

function challengeFailure(
  { version, relay }: FrameNamed<'challenge'>,
  expected: RelayId | undefined,
): DialFailure | undefined {
  if (version !== hopVersion) {
    return dialFailure('PROTOCOL', {
      details: { reason: 'another protocol version', theirs: version, ours: hopVersion },
    })
  }
  if (expected === undefined || relay === expected) return undefined
  return dialFailure('WRONG_RELAY', { details: { expected, found: relay } })
}

function asDialFailure(cause: unknown): DialFailure {
  return dialFailure.is(cause) ? cause : dialFailure('CUT', { cause })
}
