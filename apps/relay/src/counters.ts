/**
 * Counters: what the relay has done and why it did not do the rest.
 *
 * Plain numbers, because one is touched for every cargo. Every reason is in a list
 * here, so a drop without a label does not compile. Nothing here names a peer.
 *
 * @module
 */

/** Sockets that never became an attachment. */
export const turnedAwayReasons = [
  'connectionCap',
  'unprovenCap',
  'addressCap',
  'tooLate',
  'tooManyBytes',
  'tlsError',
  'httpError',
  'rate',
  'draining',
  'badFrame',
  'badProof',
  'wrongVersion',
  'notAdmitted',
  'noAdmissionList',
  'guestRate',
  'guestCap',
] as const

/** Cargo that was not delivered. */
export const cargoDropReasons = [
  'noSuchPeer',
  'busy',
  'memoryFull',
  'tooLarge',
  'expired',
  'notAllowed',
  'senderGone',
] as const

/** Attachments that ended. */
export const endReasons = [
  'closed',
  'silent',
  'stalled',
  'slowReader',
  'badFrame',
  'protocolError',
  'notAdmitted',
  'replaced',
  'aged',
  'spent',
  'stopping',
] as const

/** Frames that were read and then ignored. */
export const ignoredReasons = ['pingFlood', 'notForThisRole'] as const

export type TurnedAwayReason = (typeof turnedAwayReasons)[number]
export type CargoDropReason = (typeof cargoDropReasons)[number]
export type EndReason = (typeof endReasons)[number]
export type IgnoredReason = (typeof ignoredReasons)[number]

type Tally<R extends string> = Record<R, number>

function tally<R extends string>(reasons: readonly R[]): Tally<R> {
  return Object.fromEntries(reasons.map((reason) => [reason, 0])) as Tally<R>
}

export class Counters {
  forwarded = 0
  forwardedBytes = 0
  attached = 0
  /** HTTP requests of every kind, upgrades among them. */
  requests = 0
  /** Cargos to and from other nodes of this relay. */
  readonly bus = { sent: 0, received: 0 }
  readonly turnedAway = tally(turnedAwayReasons)
  readonly cargoDropped = tally(cargoDropReasons)
  readonly ended = tally(endReasons)
  readonly ignored = tally(ignoredReasons)
}
