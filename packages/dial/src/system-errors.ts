/**
 * What the system's errors mean on the way to a relay.
 *
 * Node and OpenSSL have some hundred codes; whoever is on call has a handful of
 * questions. This file is where the one becomes the other.
 *
 * @module
 */
import type { PeerCertificate } from 'node:tls'
import type { FailureDetails } from '@sallygate/base/failure'
import { dialFailure, type DialFailure } from './failures.ts'
import type { RelayTarget } from './relay-url.ts'

export function tcpFailure(cause: unknown, target: Pick<RelayTarget, 'host' | 'shown'>): DialFailure {
  const code = errorCode(cause)
  const options = { cause, details: { address: target.shown, errno: code } }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA' || code === 'ERR_INVALID_IP_ADDRESS') {
    return dialFailure('NAME_NOT_FOUND', { cause, details: { name: target.host, errno: code } })
  }
  if (code === 'ECONNREFUSED') return dialFailure('TCP_REFUSED', options)
  if (code === 'ETIMEDOUT') return dialFailure('TCP_TIMEOUT', options)
  if (code === 'ECONNRESET' || code === 'EPIPE') return dialFailure('CUT', options)
  return dialFailure('TCP_UNREACHABLE', options)
}

const expired = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])
const untrusted = new Set([
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
])

export function tlsFailure(cause: unknown, target: Pick<RelayTarget, 'shown'>): DialFailure {
  const code = errorCode(cause)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { cert } = cause as { cert?: PeerCertificate }
    const details: FailureDetails = { address: target.shown, certificateNames: certificateNames(cert) }
    return dialFailure('TLS_WRONG_NAME', { cause, details })
  }
  const options = { cause, details: { address: target.shown, reason: code } }
  if (expired.has(code)) return dialFailure('TLS_EXPIRED', options)
  if (untrusted.has(code)) return dialFailure('TLS_UNTRUSTED', options)
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return dialFailure('TLS_FAILED', {
      cause,
      details: { address: target.shown, reason: 'closed during the handshake' },
    })
  }
  return dialFailure('TLS_FAILED', options)
}

/** What a certificate says it is for; bounded, because a stranger wrote it. */
export function certificateNames(certificate: PeerCertificate | undefined): string {
  const subject = certificate?.subjectaltname ?? String(certificate?.subject?.CN ?? '')
  return printable(subject).slice(0, 300)
}

export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?')
}

export function errorCode(cause: unknown): string {
  if (cause instanceof AggregateError) return errorCode(cause.errors.at(0))
  const { code, message } = cause as { code?: string; message?: string }
  return printable(code ?? message ?? 'unknown').slice(0, 100)
}
