/**
 * The certificates a TLS server sent, from its own up, described for a person.
 *
 * A stranger wrote all of it, so it is bounded and printable. Verifying is TLS's business.
 *
 * @module
 */
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls'
import { printable } from './printable.ts'

export interface ChainLink {
  readonly subject: string
  readonly issuer: string
  /** SHA-256, hex with colons, as every tool shows it. */
  readonly thumbprint: string
  /** Negative once it has ended; absent where the end cannot be read. */
  readonly daysLeft?: number
}

/** Longer chains are somebody's joke. */
const mostLinks = 8
const dayMs = 86_400_000

/** @param certificate As `getPeerCertificate(true)` gives it; the root stands in its own issuer. */
export function chainOf(certificate: PeerCertificate, now: Date): ChainLink[] {
  const links: ChainLink[] = []
  const seen = new Set<string>()
  let at: PeerCertificate | undefined = certificate
  while (at?.fingerprint256 !== undefined && !seen.has(at.fingerprint256) && links.length < mostLinks) {
    seen.add(at.fingerprint256)
    const days = daysLeft(at, now)
    links.push({
      subject: nameOf(at.subject),
      issuer: nameOf(at.issuer),
      thumbprint: at.fingerprint256.slice(0, 100),
      ...(Number.isNaN(days) ? {} : { daysLeft: days }),
    })
    at = (at as Partial<DetailedPeerCertificate>).issuerCertificate
  }
  return links
}

/** Whole days; negative once it has ended, NaN where the end cannot be read. */
export function daysLeft(certificate: PeerCertificate, now: Date): number {
  return Math.floor((Date.parse(certificate.valid_to) - now.getTime()) / dayMs)
}

/** The names a certificate is made out to, as far as they fit on a line. */
export function certificateNames(certificate: PeerCertificate | undefined): string {
  const names = certificate?.subjectaltname ?? [certificate?.subject?.CN ?? ''].flat().join(', ')
  return printable(names).slice(0, 300)
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  const parts = Object.entries(name ?? {}).map(([kind, value]) => `${kind}=${[value].flat().join(', ')}`)
  const text = printable(parts.join(', '))
  return text === '' ? 'no name' : text.slice(0, 300)
}
