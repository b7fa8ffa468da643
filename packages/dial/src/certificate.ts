/**
 * The relay's certificate, described for a person. Verifying it is TLS's business, in `path.ts`.
 *
 * @module
 */
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls'
import { certificateNames, daysLeft } from '@sallygate/base/peer-chain'
import { printable } from '@sallygate/base/printable'
import { hopTimeoutMs, openTcp, tlsSettings, type PathOptions } from './path.ts'
import type { RelayTarget } from './relay-url.ts'

export function certificateOf(socket: TLSSocket): PeerCertificate {
  return socket.getPeerCertificate(true)
}

/** Names, issuer, end; bounded and printable, because a stranger wrote all of it. */
export function describeCertificate(certificate: PeerCertificate, now: Date): string {
  const { CN, O } = certificate.issuer ?? {}
  const issuer = printable([CN ?? O ?? 'nobody named'].flat().join(', ')).slice(0, 100)
  const days = daysLeft(certificate, now)
  const end = Number.isNaN(days)
    ? 'an end that cannot be read'
    : `${new Date(certificate.valid_to).toISOString().slice(0, 10)}`
  const left = days < 0 ? `ended ${-days} days ago` : `${days} days left`
  return `Certificate for ${certificateNames(certificate)}, issued by ${issuer}, valid until ${end} (${left}).`
}

/**
 * Fetches the certificate of a server that could not be verified, to be shown and for nothing else.
 *
 * The connection is closed without a byte of ours on it.
 */
export async function inspectCertificate(
  target: RelayTarget,
  options: PathOptions,
  signal: AbortSignal,
): Promise<PeerCertificate | undefined> {
  const stream = await openTcp(target, options, signal).catch(() => undefined)
  if (stream === undefined) return undefined
  return await new Promise((resolve) => {
    const socket = connectTls({ ...tlsSettings(stream, target, options.tls), rejectUnauthorized: false })
    const settle = (certificate?: PeerCertificate) => {
      timer.cancel()
      socket.destroy()
      stream.destroy()
      resolve(certificate?.subject === undefined ? undefined : certificate)
    }
    const timer = options.clock.after(options.timeoutMs ?? hopTimeoutMs, () => settle())
    stream.on('error', () => settle())
    socket.on('error', () => settle())
    socket.on('secureConnect', () => settle(socket.getPeerCertificate(true)))
  })
}
