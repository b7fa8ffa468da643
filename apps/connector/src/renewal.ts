/**
 * Renewal of the instance certificate: at two thirds of its life, and when another authority issues certificates.
 *
 * The key stays, so the relay's admission list, the trust of the console and what is
 * sealed on this host stay as they are; a stolen key is answered by revoking.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { decodeRenewalAnswer, encodeRenewal, SESSION_RENEW } from '@sallygate/envelope'
import { makeCertificateRequest, parseCertificate, verifyChain, type Certificate } from '@sallygate/trust'
import type { Answered } from './console-talk.ts'
import { connectorFailure } from './failures.ts'
import type { Identity } from './identity.ts'

/** A third of 90 days is left then: hundreds of these attempts. */
const retryAfterMs = 3_600_000

export class RenewalPlan {
  readonly #clock: Clock
  #notBeforeMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param isUnderOldAuthority Another authority of the group has taken over. */
  isDue({ notBefore, notAfter }: Certificate, now: Date, isUnderOldAuthority = false): boolean {
    const dueAt = notBefore.getTime() + ((notAfter.getTime() - notBefore.getTime()) * 2) / 3
    return (isUnderOldAuthority || now.getTime() >= dueAt) && this.#clock.monotonicMs() >= this.#notBeforeMs
  }

  failed(): void {
    this.#notBeforeMs = this.#clock.monotonicMs() + retryAfterMs
  }
}

/** @throws CONNECTOR_RENEWAL_REFUSED, TRUST_*, and what asking throws. */
export async function renewCertificate(
  identity: Identity,
  bootNonce: string,
  at: Date,
  ask: (operation: string, parameters: Buffer) => Promise<Answered>,
): Promise<Identity> {
  const { enrollment, privateKey, root } = identity
  const certificateRequest = await makeCertificateRequest(privateKey)
  const { payload } = await ask(SESSION_RENEW, encodeRenewal({ bootNonce, certificateRequest }))
  const answer = decodeRenewalAnswer(payload, bootNonce)
  const groupAuthority = parseCertificate(answer.groupAuthority)
  const certificate = parseCertificate(answer.certificate)
  const { console, group, instance } = enrollment
  verifyChain({
    leaf: certificate,
    intermediates: [groupAuthority],
    anchors: [root],
    profile: 'instance',
    at,
    console,
    group,
    instance,
  })
  if (certificate.keyId !== identity.certificate.keyId)
    throw connectorFailure('RENEWAL_REFUSED', { details: { reason: 'another key' } })
  // Under another authority it may end a moment earlier, where that authority was made a moment after.
  const isSameAuthority = groupAuthority.keyId === identity.groupAuthority.keyId
  if (isSameAuthority && certificate.notAfter <= identity.certificate.notAfter) {
    throw connectorFailure('RENEWAL_REFUSED', { details: { reason: 'it would not live longer' } })
  }
  return { ...identity, certificate, groupAuthority }
}
