/**
 * What a check says of the certificate that a server showed.
 *
 * @module
 */
import { certificateNames, chainOf, daysLeft } from '@sallygate/base/peer-chain'
import type { CheckFinding } from '@sallygate/service-kit'
import type { Secured } from './secure.ts'

/** Time enough to renew before anything stops. */
const soonDays = 14

export interface CertificateAdvice {
  readonly now: Date
  /** What to do when it ends soon. */
  readonly renew: string
  /** What to do where anybody is accepted. */
  readonly verify?: string
}

export function certificateFinding(
  { certificate, protocol, isVerified }: Secured,
  { now, renew, verify = '' }: CertificateAdvice,
): CheckFinding {
  const days = daysLeft(certificate, now)
  const issuer = [certificate.issuer?.CN ?? certificate.issuer?.O ?? 'unknown'].flat().join(', ').slice(0, 200)
  const says = `${protocol}, made out to ${certificateNames(certificate)}, issued by ${issuer}, ${days} days left.`
  const chain = chainOf(certificate, now)
  if (!isVerified) {
    const unknown = `${says} It was not verified: anybody could be at the other end.`
    return { result: 'warning', says: unknown, fix: verify, chain }
  }
  if (days > soonDays) return { result: 'ok', says, fix: '', chain }
  return { result: 'warning', says, fix: renew, chain }
}
