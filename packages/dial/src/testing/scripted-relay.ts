/**
 * A relay without a network, for the tests of this package: it says what it is told to say.
 *
 * With it and a fake clock, hours of reconnecting pass in a moment.
 *
 * @module
 */
import { generateKeyPairSync } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import { silentLog, type Log } from '@sallygate/base/log'
import {
  connectorAddress,
  decodeFrame,
  encodeFrame,
  hopVersion,
  noId,
  randomId,
  rawPublicKey,
  signWith,
  type AttachmentId,
  type FrameName,
  type FrameNamed,
  type PeerFrame,
  type RelayFrame,
  type Sign,
} from '@sallygate/hop'
import { HopClient, type ClientHandlers } from '../client.ts'
import { dialFailure, type DialFailure } from '../failures.ts'
import { defaultTuning, type DialTuning } from '../tuning.ts'
import { Ways, type WaysOptions } from '../ways.ts'
import type { OpenWire, Progress, Wire, WireEvents } from '../wire.ts'

/** What becomes of an attempt: attached, refused by the relay, or failed before it. */
export type Answer = 'attach' | FrameNamed<'refused'> | DialFailure | 'nothing'

export class ScriptedWire implements Wire {
  readonly sent: PeerFrame[] = []
  readonly #events: WireEvents
  flow: Progress = { readBytes: 0, writtenBytes: 0, bufferedBytes: 0 }
  isOpen = true
  /** False leaves pings unanswered: a black hole. */
  isAnswering = true
  /** False leaves a hand-over unanswered. */
  isLettingGo = true
  attachment: AttachmentId = noId.slice(16)

  constructor(events: WireEvents) {
    this.#events = events
  }

  send(message: Uint8Array, written?: (error?: Error | null) => void): void {
    if (!this.isOpen) {
      written?.(new Error('closed'))
      return
    }
    const frame = decodeFrame(message, 'peer')
    this.sent.push(frame)
    written?.()
    if (frame.type === 'ping' && this.isAnswering) this.say({ type: 'pong', sequence: frame.sequence })
    if (frame.type === 'handOver' && this.isLettingGo) {
      const { successor, signature } = frame
      this.say({ type: 'handedOver', group: noId, instance: noId, attachment: this.attachment, successor, signature })
    }
  }

  progress(): Progress {
    return this.flow
  }

  end(): void {
    this.close(dialFailure('LOST'))
  }

  cut(): void {
    this.close(dialFailure('LOST'))
  }

  say(frame: RelayFrame): void {
    this.sayBytes(encodeFrame(frame))
  }

  sayBytes(bytes: Buffer): void {
    if (this.isOpen) this.#events.message(bytes)
  }

  close(failure: DialFailure): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#events.closed(failure)
  }

  sentOf<N extends FrameName>(type: N): readonly FrameNamed<N>[] {
    return this.sent.filter((frame) => frame.type === type) as unknown as readonly FrameNamed<N>[]
  }
}

export class ScriptedRelay {
  readonly relay = randomId()
  readonly wires: ScriptedWire[] = []
  /** When each attempt began. */
  readonly attemptsMs: number[] = []
  answer: Answer = 'attach'
  window = 32
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get wire(): ScriptedWire {
    const last = this.wires.at(-1)
    if (last === undefined) throw new Error('nobody has dialled')
    return last
  }

  readonly open: OpenWire = async (events, signal) => {
    this.attemptsMs.push(this.#clock.monotonicMs())
    const { answer } = this
    await Promise.resolve()
    if (signal.aborted) throw signal.reason
    if (dialFailure.is(answer)) throw answer
    const wire = new ScriptedWire(events)
    this.wires.push(wire)
    events.opened(wire)
    if (answer === 'nothing') return
    wire.say({ type: 'challenge', version: hopVersion, relay: this.relay, nonce: Buffer.alloc(32) })
    // Signing takes a turn.
    setImmediate(() => {
      if (answer === 'attach') this.#attach(wire)
      else wire.say(answer)
    })
  }

  #attach(wire: ScriptedWire): void {
    const time = this.#clock.now()
    wire.attachment = this.wires.length.toString(16).padStart(16, '0')
    wire.say({ type: 'attached', attachment: wire.attachment, pingMs: 5000, deadMs: 15_000, window: this.window, time })
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

export function scriptedClient(
  relay: ScriptedRelay,
  clock: Clock,
  options: {
    handlers?: ClientHandlers
    random?: () => number
    tuning?: Partial<DialTuning>
    log?: Log
    expectedRelay?: string
    sign?: Sign
    /** What is at the other end of the plain requests. */
    longPoll?: ScriptedRelay
    way?: Pick<WaysOptions, 'first' | 'onChange'>
  } = {},
): HopClient {
  const random = options.random ?? (() => 0.5)
  const openers = {
    webSocket: relay.open,
    ...(options.longPoll === undefined ? {} : { longPoll: options.longPoll.open }),
  }
  return new HopClient(new Ways(openers, { clock, random, ...options.way }), {
    relayUrl: 'https://relay.example/awcm',
    identity: { ...connectorAddress(randomId(), randomId()), publicKey: rawPublicKey(privateKey), software: 'test/1' },
    sign: options.sign ?? signWith(privateKey),
    expectedRelay: options.expectedRelay ?? relay.relay,
    clock,
    random,
    log: options.log ?? silentLog,
    tuning: { ...defaultTuning, ...options.tuning },
    handlers: options.handlers ?? {},
  })
}
