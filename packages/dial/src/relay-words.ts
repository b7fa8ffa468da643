/**
 * The relay's words, as failures a person can act on.
 *
 * @module
 */
import type { FrameNamed } from '@sallygate/hop'
import { dialFailure, type DialFailure } from './failures.ts'

const refusals = {
  badProof: 'PROOF_REFUSED',
  notAdmitted: 'PROOF_REFUSED',
  wrongVersion: 'PROTOCOL',
  busy: 'BUSY',
  draining: 'GOING_AWAY',
  badFrame: 'PROTOCOL',
  tooLate: 'CUT',
  spent: 'NOT_ALLOWED',
} as const

export function refusalFailure(frame: FrameNamed<'refused'>): DialFailure {
  const { reason, retryAfterMs } = frame
  return dialFailure(refusals[reason], { details: { reason, retryAfterMs } })
}

const notDelivered = {
  noSuchPeer: 'NO_SUCH_PEER',
  busy: 'BUSY',
  tooLarge: 'TOO_LARGE',
  expired: 'EXPIRED',
  notAllowed: 'NOT_ALLOWED',
} as const

export function undeliveredFailure(frame: FrameNamed<'undelivered'>): DialFailure {
  const { reason, retryAfterMs } = frame
  return dialFailure(notDelivered[reason], { details: { where: 'relay', retryAfterMs } })
}

export function departureFailure(frame: FrameNamed<'goAway'>): DialFailure {
  return dialFailure(frame.reason === 'replaced' ? 'REPLACED' : 'GOING_AWAY', { details: { reason: frame.reason } })
}

export function admissionFailure(frame: FrameNamed<'admitted'>): DialFailure {
  // It is in force; what is missing is only that it would survive a restart.
  const code = frame.reason === 'notSaved' ? 'ADMISSION_NOT_SAVED' : 'ADMISSION_REFUSED'
  return dialFailure(code, { details: { reason: frame.reason, number: frame.number } })
}
