/**
 * TLS to a collector: verified name, or exactly the certificate that was pinned; our own certificate where one is asked for.
 *
 * @module
 */
import { createHash, X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  getCACertificates,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { FailureDetails } from '@sallygate/base/failure'
import { syslogFailure, type SyslogTarget } from '../contract.ts'
import { codeOf, settled } from './settled.ts'

export interface Verified {
  readonly stream: TLSSocket
  readonly certificate: DetailedPeerCertificate
  readonly protocol: string
}

/** @throws SYSLOG_TARGET_INVALID for certificates or a key that cannot be read, or do not belong together. */
export function tlsContext(target: SyslogTarget, clientKey: string | undefined): SecureContext {
  const { trust, clientCertificate } = target
  if ((clientCertificate === undefined) !== (clientKey === undefined))
    throw invalid(clientKey === undefined ? 'clientKey' : 'clientCertificate', 'a certificate and its key, or neither')
  if (trust !== undefined) authoritiesOf(trust)
  try {
    return createSecureContext({
      ca: trust === undefined ? systemAuthorities() : [...authoritiesOf(trust)],
      minVersion: 'TLSv1.2',
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate, key: clientKey as string }),
    })
  } catch (cause) {
    throw invalid('clientCertificate', 'a certificate and the key that belongs to it, both PEM', cause)
  }
}

function authoritiesOf(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw invalid('trust', 'one or more certificates in PEM form')
  try {
    for (const block of blocks) void new X509Certificate(block)
  } catch (cause) {
    throw invalid('trust', 'certificates that can be read', cause)
  }
  return blocks
}

function invalid(field: string, expected: string, cause?: unknown) {
  return syslogFailure('TARGET_INVALID', { ...(cause === undefined ? {} : { cause }), details: { field, expected } })
}

/** @throws SYSLOG_TLS_*. */
export async function secure(
  socket: Socket,
  target: SyslogTarget,
  name: string,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<Verified> {
  if (signal.aborted) socket.destroy()
  signal.throwIfAborted()
  const stream = connectTls({
    socket,
    // RFC 6066 3: an address is no server name.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    secureContext,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    // Looked at below, before a byte is sent: an error event would not show us the certificate.
    rejectUnauthorized: false,
  })
  await settled(stream, 'secureConnect', signal, (error) => handshakeFailure(error, name))
  const certificate = stream.getPeerCertificate(true)
  const failure = verdictOn(stream, certificate, target.pin, name)
  if (failure !== undefined) {
    stream.destroy()
    throw failure
  }
  return { stream, certificate, protocol: stream.getProtocol() ?? 'unknown' }
}

/** Alerts by which a server says that it does not like our certificate, or misses one. */
const clientAlert =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_|UNSUPPORTED_CERT|ACCESS_DENIED)/

export function handshakeFailure(error: Error, name: string) {
  const reason = codeOf(error)
  return syslogFailure(clientAlert.test(reason) ? 'TLS_CLIENT_REFUSED' : 'TLS_FAILED', {
    cause: error,
    details: { name, reason },
  })
}

function verdictOn(stream: TLSSocket, certificate: DetailedPeerCertificate, pin: string | undefined, name: string) {
  if (pin === undefined) return stream.authorized ? undefined : tlsFailure(stream.authorizationError, name, certificate)
  const found = certificate.raw === undefined ? '' : createHash('sha256').update(certificate.raw).digest('hex')
  const details = { asked: name, names: namesOf(certificate), thumbprint: found }
  if (found !== pin.replaceAll(':', '').toLowerCase()) return syslogFailure('TLS_WRONG_PIN', { details })
  // Whose signature it carries and what name is the pin's business; that it has ended is not.
  const isCurrent = Date.parse(certificate.valid_from) <= Date.now() && Date.now() <= Date.parse(certificate.valid_to)
  return isCurrent
    ? undefined
    : syslogFailure('TLS_EXPIRED', { details: { ...details, notAfter: certificate.valid_to } })
}

let system: string[] | undefined

/** Read once: it is some hundred certificates, and Node parses them again for each list it is given. */
function systemAuthorities(): string[] {
  if (system === undefined) {
    const found = getCACertificates('system')
    system = found.length === 0 ? getCACertificates('default') : found
  }
  return system
}

const expiredCodes = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])
const untrustedCodes = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
])

function tlsFailure(error: unknown, name: string, certificate: PeerCertificate) {
  const code = typeof error === 'string' ? error : error instanceof Error ? codeOf(error) : 'unknown'
  const details: FailureDetails = {
    asked: name,
    names: namesOf(certificate),
    issuer: short(certificate.issuer?.CN),
    notAfter: short(certificate.valid_to),
    reason: code,
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return syslogFailure('TLS_WRONG_NAME', { details })
  if (expiredCodes.has(code)) return syslogFailure('TLS_EXPIRED', { details })
  if (untrustedCodes.has(code)) return syslogFailure('TLS_UNTRUSTED', { details })
  return syslogFailure('TLS_FAILED', { details })
}

/** The names a certificate is made out to, as far as they fit on a line. */
export function namesOf(certificate: PeerCertificate): string {
  return short(certificate.subjectaltname ?? certificate.subject?.CN)
}

function short(value: string | readonly string[] | undefined): string {
  const text = value === undefined ? '' : typeof value === 'string' ? value : value.join(', ')
  return text.slice(0, 200)
}
