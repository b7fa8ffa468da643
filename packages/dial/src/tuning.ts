/**
 * The numbers of a client, each with its reason. Tests shorten them; nobody else should.
 *
 * @module
 */
import { limits } from '@sallygate/hop'

export interface DialTuning {
  readonly backOffBaseMs: number
  readonly backOffCapMs: number
  readonly hopMs: number
  readonly proofMs: number
  readonly pingMs: number
  readonly deadMs: number
  readonly overdueMs: number
  readonly suspectMs: number
  readonly maxBufferedBytes: number
  readonly maxOpenSends: number
  readonly maxWindow: number
  readonly maxHeldBytes: number
  readonly maxGarbage: number
  readonly unaskedPerSecond: number
  readonly unaskedBurst: number
  readonly admissionMs: number
  readonly maxAgeMs: number
  readonly minAgeMs: number
  readonly lingerMs: number
}

export const defaultTuning: DialTuning = {
  backOffBaseMs: 1000,
  // A relay that comes back after an hour is found within a minute.
  backOffCapMs: 60_000,
  // DNS with TCP, TLS, and HTTP each: a satellite link makes it, a dead address is given up.
  hopMs: 10_000,
  proofMs: limits.unprovenMs,
  // Well under the 60 s after which load balancers cut what is idle.
  pingMs: limits.pingMs,
  deadMs: limits.deadMs,
  // With the look every half second and the answer within three: a dead peer is known within six while busy.
  overdueMs: 2000,
  suspectMs: 3000,
  // Half a relay queue. More would only be a longer line of dead letters.
  maxBufferedBytes: 4 * 1024 * 1024,
  maxOpenSends: 8192,
  // Twice what a relay grants a console; what it may cost is bounded by the next line.
  maxWindow: 1024,
  // Whoever acknowledges as soon as a cargo is opened never holds a hundredth of this.
  maxHeldBytes: 64 * 1024 * 1024,
  // An odd frame from a newer relay is forgiven, a stream of them is not.
  maxGarbage: 64,
  // All connectors of a large relay may come back at once, and each is a roster change.
  unaskedPerSecond: 5000,
  unaskedBurst: 20_000,
  admissionMs: 30_000,
  // 45 minutes ± 15 (uWebSockets documents 30 to 120): peers spread over the relay nodes again after one was away.
  maxAgeMs: 45 * 60_000,
  // A relay that sends us away again and again costs one handshake a second.
  minAgeMs: 1000,
  // A session that has handed over waits this long for what the relay may still have for it.
  lingerMs: 30_000,
}
