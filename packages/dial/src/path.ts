/**
 * The path to a relay: name, TCP, TLS, each with its own failure.
 *
 * Nothing here reads the environment: no proxy, no trust and no resolver but what
 * the options and the system give. A proxy client takes the place of `openTcp` by
 * handing in its own `connect`.
 *
 * @module
 */
import { connect as connectTcp, isIP } from 'node:net'
import {
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Clock } from '@sallygate/base/clock'
import { Failure, type FailureDetails } from '@sallygate/base/failure'
import { dialFailure, type DialFailure } from './failures.ts'
import type { RelayTarget } from './relay-url.ts'

export interface TlsOptions {
  /** PEM authorities that are trusted besides the public ones. */
  readonly ca?: readonly string[]
  /** The name the certificate must carry, where it is not the host of the URL. */
  readonly serverName?: string
}

/** Opens a byte stream to the target; the seam for a proxy client. TLS, if any, is put on top of it here. */
export type Connect = (target: { readonly host: string; readonly port: number }, signal: AbortSignal) => Promise<Duplex>

export interface PathOptions {
  readonly tls: TlsOptions
  readonly clock: Clock
  readonly connect?: Connect
  /** Per hop. */
  readonly timeoutMs?: number
}

/** Long enough for a satellite link's handshakes, short enough that a dead address is given up. */
export const hopTimeoutMs = 10_000

/** @throws DIAL_NAME_NOT_FOUND … DIAL_TLS_FAILED; or the signal's reason. */
export async function openPath(target: RelayTarget, options: PathOptions, signal: AbortSignal): Promise<Duplex> {
  const stream = await openTcp(target, options, signal)
  return target.isTls ? await secure(stream, target, options, signal) : stream
}

export async function openTcp(target: RelayTarget, options: PathOptions, signal: AbortSignal): Promise<Duplex> {
  const timeoutMs = options.timeoutMs ?? hopTimeoutMs
  if (options.connect !== undefined) return await through(options.connect, target, options.clock, timeoutMs, signal)
  const socket = connectTcp({ host: target.host, port: target.port, noDelay: true })
  await ready(socket, 'connect', options.clock, timeoutMs, signal, {
    onError: (cause) => tcpFailure(cause, target),
    onTimeout: () => dialFailure('TCP_TIMEOUT', { details: { address: target.shown, afterMs: timeoutMs } }),
  })
  return socket
}

/** Bounds a connect that was handed in, whatever it bounds itself. */
async function through(
  connect: Connect,
  target: RelayTarget,
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const late = new AbortController()
  const failure = dialFailure('TCP_TIMEOUT', { details: { address: target.shown, afterMs: timeoutMs } })
  const timer = clock.after(timeoutMs, () => late.abort(failure))
  const either = AbortSignal.any([signal, late.signal])
  const aborted = Promise.withResolvers<never>()
  either.addEventListener('abort', () => aborted.reject(either.reason), { once: true })
  const opening = connect({ host: target.host, port: target.port }, either)
  try {
    return await Promise.race([opening, aborted.promise])
  } catch (cause) {
    // It may still succeed when nobody wants it any more.
    void opening.then(
      (stream) => stream.destroy(),
      () => undefined,
    )
    throw either.aborted ? either.reason : cause instanceof Failure ? cause : tcpFailure(cause, target)
  } finally {
    timer.cancel()
  }
}

/** Puts TLS on a stream. The certificate is always verified; there is no option that turns it off. */
export async function secure(
  stream: Duplex,
  target: RelayTarget,
  options: PathOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const timeoutMs = options.timeoutMs ?? hopTimeoutMs
  const socket = connectTls(tlsSettings(stream, target, options.tls))
  await ready(socket, 'secureConnect', options.clock, timeoutMs, signal, {
    onError: (cause) => tlsFailure(cause, target),
    onTimeout: () =>
      dialFailure('TLS_FAILED', {
        details: { address: target.shown, reason: 'no answer to the TLS hello', afterMs: timeoutMs },
      }),
  })
  return socket
}

export function tlsSettings(stream: Duplex, target: RelayTarget, tls: TlsOptions) {
  const name = tls.serverName ?? target.host
  return {
    socket: stream,
    host: name,
    // RFC 6066 forbids an address as server name; Node then verifies against `host`.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    secureContext: trustOf(tls),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
  }
}

const contexts = new WeakMap<TlsOptions, SecureContext>()

/** Reading the public authorities takes longer than a handshake, so it is done once for each set of options. */
function trustOf(tls: TlsOptions): SecureContext {
  const known = contexts.get(tls)
  if (known !== undefined) return known
  const context = createSecureContext({ ca: [...rootCertificates, ...(tls.ca ?? [])], minVersion: 'TLSv1.2' })
  contexts.set(tls, context)
  return context
}

interface Readiness {
  readonly onError: (cause: unknown) => Error
  readonly onTimeout: () => Error
}

/** Waits for one event of a stream; whatever else happens first destroys the stream and is named. */
function ready(
  stream: Duplex,
  event: 'connect' | 'secureConnect',
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  on: Readiness,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
      stream.off(event, onReady).off('error', onError).off('close', onClose)
      if (error === undefined) {
        resolve()
        return
      }
      // An error that comes after ours has nobody to tell.
      stream.on('error', () => undefined)
      stream.destroy()
      reject(error)
    }
    const onReady = () => settle()
    const onError = (cause: unknown) => settle(on.onError(cause))
    const onClose = () => settle(on.onError(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    const onAbort = () => settle(signal.reason ?? new Error('aborted'))
    const timer = clock.after(timeoutMs, () => settle(on.onTimeout()))
    stream.on(event, onReady).on('error', onError).on('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
}

export function tcpFailure(cause: unknown, target: RelayTarget): DialFailure {
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

export function tlsFailure(cause: unknown, target: RelayTarget): DialFailure {
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
