/**
 * The certificate an MDM server shows: its chain, its names, its days left.
 *
 * This connection judges the certificate but does not depend on it: an expired one must
 * be shown, not only refused. No credentials travel on it.
 *
 * @module
 */
import { isIP } from 'node:net'
import { connect, type PeerCertificate, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { Clock } from '@sallygate/base/clock'
import { iseClientFailure } from './failures.ts'
import { nameNetworkError, networkFailureKey } from './network-errors.ts'
import { guardedLookup, judgeLiteral, type Admits } from './target-guard.ts'

export interface ShownCertificate {
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly daysLeft: number
  /** SHA-256, lower-case hex. */
  readonly thumbprint: string
}

export interface ShownChain {
  /** The server's own first. */
  readonly certificates: readonly ShownCertificate[]
  readonly names: readonly string[]
  readonly tlsVersion: string
  readonly cipher: string
  /** The code of ISE_CLIENT_* for what is wrong with it; `undefined` when it is trusted here. */
  readonly distrust: 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_NAME' | 'CERTIFICATE_UNTRUSTED' | undefined
}

const mostCertificates = 8

export interface ShowOptions {
  readonly clock: Clock
  readonly ca?: string
  readonly timeoutMs: number
  readonly admits?: Admits
}

/** @throws ISE_CLIENT_NAME_UNKNOWN, _UNREACHABLE, _TIMED_OUT, _NOT_TLS, _TARGET_REFUSED. */
export async function showChain(origin: URL, options: ShowOptions): Promise<ShownChain> {
  const host = origin.hostname.replace(/^\[(.*)\]$/, '$1')
  judgeLiteral(host, options.admits)
  const socket = connect({
    host,
    port: origin.port === '' ? 443 : Number(origin.port),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.admits === undefined ? {} : { lookup: guardedLookup(options.admits) }),
  })
  try {
    await connected(socket, options)
    return describe(socket, options.clock.now())
  } catch (error) {
    throw nameNetworkError(error, origin.host)
  } finally {
    socket.destroy()
  }
}

function connected(socket: TLSSocket, options: ShowOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = options.clock.after(options.timeoutMs, () =>
      reject(iseClientFailure('TIMED_OUT', { details: { timeoutMs: options.timeoutMs } })),
    )
    socket.once('secureConnect', () => {
      timer.cancel()
      resolve()
    })
    socket.once('error', (error) => {
      timer.cancel()
      reject(error)
    })
    socket.on('error', () => undefined)
  })
}

function describe(socket: TLSSocket, now: Date): ShownChain {
  const certificates: ShownCertificate[] = []
  let current: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  const names = namesOf(current)
  // The last one of a complete chain names itself as its issuer.
  while (current?.raw !== undefined && certificates.length < mostCertificates) {
    certificates.push(shown(current, now))
    current = current.issuerCertificate === current ? undefined : current.issuerCertificate
  }
  const { authorizationError } = socket
  return {
    certificates,
    names,
    tlsVersion: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    distrust: socket.authorized ? undefined : distrustOf(authorizationError),
  }
}

function distrustOf(error: unknown): ShownChain['distrust'] {
  // Node documents an Error and hands out its code in some versions.
  const code = typeof error === 'string' ? error : ((error as NodeJS.ErrnoException | null)?.code ?? '')
  const key = networkFailureKey(code)
  return key === 'CERTIFICATE_EXPIRED' || key === 'CERTIFICATE_NAME' ? key : 'CERTIFICATE_UNTRUSTED'
}

function shown(certificate: PeerCertificate, now: Date): ShownCertificate {
  const notAfter = new Date(certificate.valid_to)
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore: new Date(certificate.valid_from),
    notAfter,
    daysLeft: Math.floor((notAfter.getTime() - now.getTime()) / 86_400_000),
    thumbprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  }
}

/** Parts of a name as Node gives them: a list where a part stands several times. */
function oneLine(name: PeerCertificate['subject']): string {
  return Object.entries(name)
    .map(([part, value]) => `${part}=${Array.isArray(value) ? value.join('+') : value}`)
    .join(', ')
    .slice(0, 300)
}

function namesOf(certificate: PeerCertificate): readonly string[] {
  return (certificate.subjectaltname ?? '')
    .split(', ')
    .map((entry) => entry.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '')
    .slice(0, 50)
}
