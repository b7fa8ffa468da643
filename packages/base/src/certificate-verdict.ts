/**
 * What OpenSSL's word about a certificate means to a person.
 *
 * It has some dozens of them, and there are three questions: is it somebody else's, is it past
 * its time, and who vouches for it.
 *
 * @module
 */

export type CertificateVerdict = 'wrongName' | 'expired' | 'untrusted'

const verdicts: Readonly<Record<CertificateVerdict, readonly string[]>> = {
  wrongName: ['ERR_TLS_CERT_ALTNAME_INVALID'],
  expired: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
  untrusted: [
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_CHAIN_TOO_LONG',
    'CERT_REVOKED',
    'CERT_SIGNATURE_FAILURE',
    'CERT_REJECTED',
    'CERT_UNTRUSTED',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
  ],
}

const byCode = new Map(
  (Object.keys(verdicts) as CertificateVerdict[]).flatMap((verdict) =>
    verdicts[verdict].map((code) => [code, verdict] as const),
  ),
)

/** @param code As Node names it. @returns `undefined` for what is about no certificate. */
export function certificateVerdict(code: string): CertificateVerdict | undefined {
  return byCode.get(code)
}
