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
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { dialFailure } from './failures.ts'
import { authority } from './proxy/address.ts'
import { proxyOfTunnel } from './proxy/tunnels.ts'
import type { RelayTarget } from './relay-url.ts'
import { errorCode, tcpFailure, tlsFailure } from './system-errors.ts'

export interface TlsOptions {
  /** PEM authorities that are trusted besides the public ones. */
  readonly ca?: readonly string[]
  /** The name the certificate must carry, where it is not the host of the URL. */
  readonly serverName?: string
}

/** Opens a byte stream to the target; the seam for a proxy client. TLS, if any, is put on top of it here. */
export type Connect = (target: HostAndPort, signal: AbortSignal) => Promise<Duplex>

export interface PathOptions {
  readonly tls: TlsOptions
  readonly clock: Clock
  readonly connect?: Connect
  /** Per hop. */
  readonly timeoutMs?: number
}

/** Long enough for a satellite link's handshakes, short enough that a dead address is given up. */
export const hopTimeoutMs = 10_000

/** A connect that was handed in walks several hops, each within its own time: a list of proxies, a login of three legs. */
const connectHops = 6

/** @throws DIAL_NAME_NOT_FOUND … DIAL_TLS_FAILED; or the signal's reason. */
export async function openPath(target: RelayTarget, options: PathOptions, signal: AbortSignal): Promise<Duplex> {
  const stream = await openTcp(target, options, signal)
  return target.isTls ? await secure(stream, target, options, signal) : stream
}

/** Somebody to connect to. */
export interface HostAndPort {
  readonly host: string
  readonly port: number
}

export async function openTcp(target: RelayTarget, options: PathOptions, signal: AbortSignal): Promise<Duplex> {
  const timeoutMs = options.timeoutMs ?? hopTimeoutMs
  if (options.connect !== undefined) {
    return await through(options.connect, target, options.clock, connectHops * timeoutMs, signal)
  }
  return await openDirectly(target, { clock: options.clock, timeoutMs }, signal)
}

/** Name and TCP, with nobody in between. @throws DIAL_NAME_NOT_FOUND, DIAL_TCP_*; or the signal's reason. */
export async function openDirectly(
  { host, port }: HostAndPort,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<Duplex> {
  const target = { host, shown: authority(host, port) }
  const socket = connectTcp({ host, port, noDelay: true })
  await ready(socket, 'connect', clock, timeoutMs, signal, {
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
    onError: (cause) => noTunnel(cause, stream, target) ?? tlsFailure(cause, target),
    onTimeout: () =>
      dialFailure('TLS_FAILED', {
        details: { address: target.shown, reason: 'no answer to the TLS hello', afterMs: timeoutMs },
      }),
  })
  return socket
}

/** What OpenSSL says to an answer that is no TLS at all. Behind a CONNECT it is the proxy's own. */
const notTls = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'])

function noTunnel(cause: unknown, stream: Duplex, { shown }: RelayTarget) {
  const proxy = proxyOfTunnel(stream)
  if (proxy === undefined || !notTls.has(errorCode(cause))) return undefined
  return dialFailure('PROXY_NO_TUNNEL', { cause, details: { proxy, target: shown, reason: errorCode(cause) } })
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

/** The public ones, and those that are named. */
export const authoritiesOf = (tls: TlsOptions): string[] => [...rootCertificates, ...(tls.ca ?? [])]

const contexts = new WeakMap<TlsOptions, SecureContext>()

/** Reading the public authorities takes longer than a handshake, so it is done once for each set of options. */
export function trustOf(tls: TlsOptions): SecureContext {
  const known = contexts.get(tls)
  if (known !== undefined) return known
  const context = createSecureContext({ ca: authoritiesOf(tls), minVersion: 'TLSv1.2' })
  contexts.set(tls, context)
  return context
}

interface Readiness {
  readonly onError: (cause: unknown) => Error
  readonly onTimeout: () => Error
}

/** Waits for one event of a stream; whatever else happens first destroys the stream and is named. */
export function ready(
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
