/**
 * Connecting: TCP and TLS to one address that policy allowed, with verified names or a pinned certificate.
 *
 * @module
 */
import { connect as connectSocket, isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  getCACertificates,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type TLSSocket,
} from 'node:tls'
import type { FailureDetails } from '@sallygate/base/failure'
import type { Target } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'

/** @throws MAIL_UNREACHABLE with the system's reason. */
export async function connectTcp(target: Target, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const socket = connectSocket({ host: target.address, port: target.port, noDelay: true, keepAlive: true })
  await settled(socket, 'connect', signal, (error) =>
    mailFailure('UNREACHABLE', {
      cause: error,
      details: { address: `${target.address}:${target.port}`, reason: codeOf(error) },
    }),
  )
  return socket
}

export interface Secured {
  readonly stream: TLSSocket
  readonly certificate: PeerCertificate
  readonly protocol: string
  /** False: encrypted, and nobody knows with whom. */
  readonly isVerified: boolean
}

export interface WhomToBelieve {
  /** The name the certificate has to carry. */
  readonly name: string
  /** PEM; `undefined`: those of this host. */
  readonly authorities: readonly string[] | undefined
  /** SHA-256 of the certificate, lower-case hex without colons. */
  readonly pin: string | undefined
  /** Opportunistic: whoever it is, encrypted is better than not. */
  readonly acceptsAnybody: boolean
}

/** @throws MAIL_TLS_*. */
export async function secure(socket: Socket, whom: WhomToBelieve, signal: AbortSignal): Promise<Secured> {
  const { name, authorities } = whom
  if (signal.aborted) socket.destroy()
  signal.throwIfAborted()
  const stream = connectTls({
    socket,
    // RFC 6066 3: an address is no server name.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ca: authorities === undefined ? systemAuthorities() : [...authorities],
    minVersion: 'TLSv1.2',
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    // Looked at below, before a byte is sent: an error event would not show us the certificate.
    rejectUnauthorized: false,
  })
  await settled(stream, 'secureConnect', signal, (error) =>
    mailFailure('TLS_FAILED', { cause: error, details: { name, reason: codeOf(error) } }),
  )
  const certificate = stream.getPeerCertificate(true)
  const failure = judged(stream, whom, certificate)
  if (failure !== undefined && !whom.acceptsAnybody) {
    stream.on('error', () => {})
    stream.destroy()
    throw failure
  }
  return { stream, certificate, protocol: stream.getProtocol() ?? 'unknown', isVerified: failure === undefined }
}

function judged(stream: TLSSocket, { name, pin }: WhomToBelieve, certificate: DetailedPeerCertificate) {
  if (pin === undefined) return stream.authorized ? undefined : tlsFailure(stream.authorizationError, name, certificate)
  const thumbprint = (certificate.fingerprint256 ?? '').replaceAll(':', '').toLowerCase()
  if (thumbprint !== pin) {
    return mailFailure('TLS_PIN_MISMATCH', {
      details: { asked: name, names: namesOf(certificate), sha256: thumbprint },
    })
  }
  // The pin says who it is. That it has ended is another matter.
  const now = Date.now()
  const isValid = Date.parse(certificate.valid_from) <= now && now <= Date.parse(certificate.valid_to)
  return isValid ? undefined : tlsFailure('CERT_HAS_EXPIRED', name, certificate)
}

let system: string[] | undefined

/** Read once: it is some hundred certificates, and Node parses them again for each list it is given. */
export function systemAuthorities(): string[] {
  if (system === undefined) {
    const found = getCACertificates('system')
    system = found.length === 0 ? getCACertificates('default') : found
  }
  return system
}

/** Waits for one event; an error, an end or the signal destroys the socket. */
function settled(socket: Socket, event: string, signal: AbortSignal, describe: (error: Error) => Error): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (failure?: unknown) => {
      socket.off(event, onEvent)
      socket.off('error', onError)
      socket.off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      if (failure === undefined) return resolve()
      // What still goes wrong with it is nobody's concern any more.
      socket.on('error', () => {})
      socket.destroy()
      return reject(failure)
    }
    const onEvent = () => finish()
    const onError = (error: Error) => finish(describe(error))
    const onClose = () => finish(describe(Object.assign(new Error('closed'), { code: 'closed by the server' })))
    const onAbort = () => finish(signal.reason)
    socket.once(event, onEvent)
    socket.once('error', onError)
    socket.once('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
  })
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

function tlsFailure(error: unknown, name: string, certificate: DetailedPeerCertificate) {
  const code = typeof error === 'string' ? error : error instanceof Error ? codeOf(error) : 'unknown'
  const details: FailureDetails = {
    asked: name,
    names: namesOf(certificate),
    issuer: short(certificate.issuer?.CN),
    notAfter: short(certificate.valid_to),
    sha256: (certificate.fingerprint256 ?? '').replaceAll(':', '').toLowerCase(),
    reason: code,
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return mailFailure('TLS_WRONG_NAME', { details })
  if (expiredCodes.has(code)) return mailFailure('TLS_EXPIRED', { details })
  if (untrustedCodes.has(code)) return mailFailure('TLS_UNTRUSTED', { details })
  return mailFailure('TLS_FAILED', { details })
}

/** The names a certificate is made out to, as far as they fit on a line. */
export function namesOf(certificate: PeerCertificate): string {
  return short(certificate.subjectaltname ?? certificate.subject?.CN)
}

function short(value: string | readonly string[] | undefined): string {
  const text = value === undefined ? '' : typeof value === 'string' ? value : value.join(', ')
  return text.slice(0, 200)
}

export function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message.slice(0, 100)
}
