/**
 * What the system's errors mean on the way to a relay.
 *
 * Node and OpenSSL have some hundred codes; whoever is on call has a handful of
 * questions. This file is where the one becomes the other.
 *
 * @module
 */
import type { PeerCertificate } from 'node:tls'
import { certificateVerdict } from '@sallygate/base/certificate-verdict'
import type { FailureDetails } from '@sallygate/base/failure'
import { certificateNames } from '@sallygate/base/peer-chain'
import { printable } from '@sallygate/base/printable'
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

export function tlsFailure(cause: unknown, target: Pick<RelayTarget, 'shown'>): DialFailure {
  const code = errorCode(cause)
  const verdict = certificateVerdict(code)
  if (verdict === 'wrongName') {
    const { cert } = cause as { cert?: PeerCertificate }
    const details: FailureDetails = { address: target.shown, certificateNames: certificateNames(cert) }
    return dialFailure('TLS_WRONG_NAME', { cause, details })
  }
  const options = { cause, details: { address: target.shown, reason: code } }
  if (verdict === 'expired') return dialFailure('TLS_EXPIRED', options)
  if (verdict === 'untrusted') return dialFailure('TLS_UNTRUSTED', options)
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return dialFailure('TLS_FAILED', {
      cause,
      details: { address: target.shown, reason: 'closed during the handshake' },
    })
  }
  return dialFailure('TLS_FAILED', options)
}

export function errorCode(cause: unknown): string {
  if (cause instanceof AggregateError) return errorCode(cause.errors.at(0))
  const { code, message } = cause as { code?: string; message?: string }
  return printable(code ?? message ?? 'unknown').slice(0, 100)
}
