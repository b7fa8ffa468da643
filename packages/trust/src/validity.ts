/**
 * Validity of signed statements: from when, until when, and for how long at most.
 *
 * @module
 */
import { trustFailure } from './failures.ts'
import { malformed } from './der.ts'
import { backdatedMs } from './certificate-writer.ts'

export interface Validity {
  readonly issuedAt: Date
  readonly notAfter: Date
}

/** A statement may be from five minutes ahead, as clocks differ. @throws TRUST_MALFORMED, TRUST_NOT_YET_VALID. */
export function checkBegun(validity: Validity, maxLifeMs: number, now: Date): void {
  const life = validity.notAfter.getTime() - validity.issuedAt.getTime()
  if (life <= 0 || life > maxLifeMs) throw malformed(`a life of at most ${maxLifeMs / 3_600_000} hours`)
  if (now.getTime() < validity.issuedAt.getTime() - backdatedMs)
    throw trustFailure('NOT_YET_VALID', { details: { begins: validity.issuedAt.toISOString() } })
}

/** Valid until `notAfter`, and no longer at it. */
export function isOver(validity: Pick<Validity, 'notAfter'>, now: Date): boolean {
  return now.getTime() >= validity.notAfter.getTime()
}
