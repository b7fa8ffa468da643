/**
 * TLS to a server: a verified name, or exactly the certificate that was pinned.
 *
 * Nothing is sent over a connection whose certificate was not verified, except where the
 * settings take anybody: encrypted with whomever is better than not at all.
 *
 * @module
 */
import { isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { Duplex } from 'node:stream'
import { settled } from './settled.ts'
import { certificateProblem, handshakeProblem, pinProblem, thumbprintOf, type TlsProblem } from './tls-problem.ts'

export interface ExpectedServer {
  /** The name the certificate has to carry. */
  readonly name: string
  /** Whose signature counts, and our own certificate where there is one. */
  readonly context: SecureContext
  /** SHA-256, lower-case hex: these certificates and no others, whoever signed them and whatever name they carry. */
  readonly pins: readonly string[] | undefined
  /** Opportunistic: whoever it is. */
  readonly acceptsAnybody?: boolean
}

export interface Secured {
  readonly stream: TLSSocket
  readonly certificate: PeerCertificate
  readonly protocol: string
  /** False: encrypted, and nobody knows with whom. */
  readonly isVerified: boolean
}

/** @throws what `failure` makes of a problem, the socket then being closed; the signal's reason. */
export async function secure(
  socket: Duplex,
  expected: ExpectedServer,
  signal: AbortSignal,
  failure: (problem: TlsProblem) => Error,
): Promise<Secured> {
  const { name, context } = expected
  if (signal.aborted) socket.destroy()
  signal.throwIfAborted()
  const stream = connect({
    socket: socket as Socket,
    // RFC 6066 3: an address is no server name.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    secureContext: context,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    // Looked at below, before a byte is sent: an error event would not show us the certificate.
    rejectUnauthorized: false,
  })
  await settled(stream, 'secureConnect', signal, (error) => failure(handshakeProblem(error, name)))
  const certificate = stream.getPeerCertificate(true)
  const problem = problemOf(stream, expected, certificate)
  if (problem !== undefined && expected.acceptsAnybody !== true) {
    stream.on('error', () => {})
    stream.destroy()
    throw failure(problem)
  }
  return { stream, certificate, protocol: stream.getProtocol() ?? 'unknown', isVerified: problem === undefined }
}

function problemOf(stream: TLSSocket, { name, pins }: ExpectedServer, certificate: DetailedPeerCertificate) {
  if (pins === undefined) {
    return stream.authorized ? undefined : certificateProblem(stream.authorizationError, name, certificate)
  }
  if (!pins.includes(thumbprintOf(certificate))) return pinProblem(name, certificate)
  // Whose signature it carries and what name is the pin's business; that it is past its time is not.
  const now = Date.now()
  const isInTime = Date.parse(certificate.valid_from) <= now && now <= Date.parse(certificate.valid_to)
  return isInTime ? undefined : certificateProblem('CERT_HAS_EXPIRED', name, certificate)
}
