/**
 * The greeting: from an open WebSocket to a proven peer, or to a refusal.
 *
 * One challenge, one answer, within the doorkeeper's deadline. TLS proves who the relay
 * is; who the peer is, only the proof says, so a TLS-inspecting proxy changes nothing.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import {
  decodeFrame,
  encodeFrame,
  hopVersion,
  limits,
  noId,
  randomId,
  verifyProof,
  type Address,
  type FrameNamed,
} from '@sallygate/hop'
import type { AdmissionBook } from './admission-book.ts'
import type { Counters, TurnedAwayReason } from './counters.ts'
import type { GuestLane } from './guest-lane.ts'
import { between } from './jitter.ts'
import type { Line } from './line.ts'

export interface Proven {
  readonly address: Address
  /** Raw point as hex. */
  readonly publicKey: string
  readonly software: string
}

export interface GreetingOptions {
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly book: AdmissionBook
  readonly guests: GuestLane
  readonly isDraining: () => boolean
}

type Proof = FrameNamed<'proof'>
type Refusal = { readonly word: FrameNamed<'refused'>['reason']; readonly counted: TurnedAwayReason }

/** Challenges whoever is at the other end. `proven` is called at most once, and then owns the line. */
export function greet(line: Line, from: string, options: GreetingOptions, proven: (peer: Proven) => void): void {
  const { book, counters } = options
  const challenge = { relay: book.relay, nonce: line.nonce ?? randomBytes(32) }
  const turnAway = ({ word, counted }: Refusal) => {
    counters.turnedAway[counted]++
    options.log.info('peer turned away', { from, reason: counted })
    const retryAfterMs = word === 'busy' || word === 'draining' ? between(1000, 10_000) : 0
    line.listen(silence)
    line.send(encodeFrame({ type: 'refused', reason: word, retryAfterMs }))
    line.close(1008)
  }
  line.listen({
    ...silence,
    frame(bytes) {
      line.listen(silence)
      const proof = readProof(bytes)
      if (proof === undefined) return turnAway({ word: 'badFrame', counted: 'badFrame' })
      const result = judge(proof, challenge, from, options)
      if ('word' in result) turnAway(result)
      else proven(result)
    },
    broken() {
      counters.turnedAway.badFrame++
    },
  })
  line.send(encodeFrame({ type: 'challenge', version: hopVersion, ...challenge }))
}

const silence = { frame() {}, controlPing() {}, broken() {}, closed() {} }

function readProof(bytes: Buffer): Proof | undefined {
  if (bytes.length > limits.unprovenFrameBytes) return undefined
  try {
    const frame = decodeFrame(bytes, 'peer')
    return frame.type === 'proof' ? frame : undefined
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

function judge(
  proof: Proof,
  challenge: { readonly relay: string; readonly nonce: Uint8Array },
  from: string,
  options: GreetingOptions,
): Proven | Refusal {
  const { book, guests, clock } = options
  if (proof.version !== hopVersion) return { word: 'wrongVersion', counted: 'wrongVersion' }
  if (options.isDraining()) return { word: 'draining', counted: 'draining' }
  // Cheap questions first: without them a stranger's signature is not worth checking.
  if (proof.role !== 'console' && !book.hasList) return { word: 'busy', counted: 'noAdmissionList' }
  const publicKey = toHex(proof.publicKey)
  const claimed: Address = { role: proof.role, group: proof.group, instance: proof.instance }
  if (proof.role === 'guest') {
    const full = guests.refusal(from, clock.monotonicMs())
    if (full !== undefined) return { word: 'busy', counted: full }
  } else if (proof.role === 'console' && (proof.group !== noId || proof.instance === noId)) {
    return { word: 'badProof', counted: 'badProof' }
  } else if (!book.admits(claimed, publicKey)) {
    return { word: 'notAdmitted', counted: 'notAdmitted' }
  }
  if (!verifyProof(proof, challenge)) return { word: 'badProof', counted: 'badProof' }
  // A guest does not choose its address, so it cannot sit down on somebody else's.
  const address: Address = proof.role === 'guest' ? { role: 'guest', group: noId, instance: randomId() } : claimed
  return { address, publicKey, software: proof.software }
}
