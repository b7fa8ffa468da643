/**
 * What can be wrong with TLS to a server, by kind, with the names and dates a person needs.
 *
 * A service says each kind with a failure of its own.
 *
 * @module
 */
import type { PeerCertificate } from 'node:tls'
import { certificateVerdict, type CertificateVerdict } from '@sallygate/base/certificate-verdict'
import type { FailureDetails } from '@sallygate/base/failure'
import { certificateNames } from '@sallygate/base/peer-chain'
import { codeOf } from './settled.ts'

/**
 * `notPinned`: another certificate than those that were pinned. `refusedByServer`: it does not
 * like our certificate, or misses one. `failed`: no encryption came about at all.
 */
export type TlsProblemKind = CertificateVerdict | 'notPinned' | 'refusedByServer' | 'failed'

export interface TlsProblem {
  readonly kind: TlsProblemKind
  readonly details: FailureDetails
  /** SHA-256 of the certificate it showed, lower-case hex; `undefined` where it showed none. */
  readonly thumbprint?: string
  readonly cause?: unknown
}

/** Alerts by which a server says that it does not like our certificate, or misses one (RFC 8446 6.2). */
const clientAlert =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_|UNSUPPORTED_CERT|ACCESS_DENIED)/

/** Of a handshake that did not come to its end, or of an alert after it: in TLS 1.3 a server looks at our certificate then. */
export function handshakeProblem(cause: Error, name: string): TlsProblem {
  const reason = codeOf(cause)
  return { kind: clientAlert.test(reason) ? 'refusedByServer' : 'failed', cause, details: { name, reason } }
}

/** @param reason OpenSSL's code, or what stands in its place; Node gives some versions' as an error. */
export function certificateProblem(reason: unknown, name: string, certificate: PeerCertificate): TlsProblem {
  const code = typeof reason === 'string' ? reason : reason instanceof Error ? codeOf(reason) : 'unknown'
  const details = {
    ...whoseItIs(name, certificate),
    issuer: short(certificate.issuer?.CN),
    notAfter: short(certificate.valid_to),
    reason: code,
  }
  return { kind: certificateVerdict(code) ?? 'failed', details, thumbprint: thumbprintOf(certificate) }
}

export function pinProblem(name: string, certificate: PeerCertificate): TlsProblem {
  return { kind: 'notPinned', details: whoseItIs(name, certificate), thumbprint: thumbprintOf(certificate) }
}

/** SHA-256, lower-case hex without colons; the empty text for no certificate. */
export function thumbprintOf(certificate: PeerCertificate): string {
  return (certificate.fingerprint256 ?? '').replaceAll(':', '').toLowerCase()
}

const whoseItIs = (asked: string, certificate: PeerCertificate) => ({ asked, names: certificateNames(certificate) })

function short(value: string | readonly string[] | undefined): string {
  return [value ?? ''].flat().join(', ').slice(0, 200)
}
