/**
 * The connection to the proxy itself: name, TCP, and TLS where its address says https.
 *
 * @module
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Clock } from '@sallygate/base/clock'
import { certificateNames } from '@sallygate/base/peer-chain'
import { dialFailure } from '../failures.ts'
import { ready, trustOf, type TlsOptions } from '../path.ts'
import { errorCode, tlsFailure } from '../system-errors.ts'
import type { ProxyAddress } from './address.ts'
import type { HopWatch } from './hops.ts'

export interface ProxySocketOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  /** For the certificate of the proxy itself. */
  readonly tls: TlsOptions
  readonly watch: HopWatch
}

/** @throws DIAL_PROXY_NAME_NOT_FOUND, _UNREACHABLE, _TLS_UNTRUSTED, _TLS_FAILED; or the signal's reason. */
export async function openProxySocket(
  proxy: ProxyAddress,
  options: ProxySocketOptions,
  signal: AbortSignal,
): Promise<Duplex> {
  const socket = await openTcp(proxy, options, signal)
  const stream = proxy.isTls ? await openTls(socket, proxy, options, signal) : socket
  // A login may take a while (Kerberos asks its own server), and an error in that time must not end the process.
  stream.on('error', () => undefined)
  return stream
}

async function openTcp(
  proxy: ProxyAddress,
  { clock, timeoutMs, watch }: ProxySocketOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port, shown } = proxy
  const isName = isIP(host) === 0
  watch.enter(isName ? `proxy name ${host}` : `proxy TCP ${shown}`)
  const socket = connectTcp({ host, port, noDelay: true })
  if (isName) {
    // One for each address; the first is enough to know that the name has any.
    socket.once('lookup', (error: Error | null, address: string) => {
      if (error !== null) return
      watch.found(`Resolves to ${address}.`)
      watch.enter(`proxy TCP ${shown}`)
    })
  }
  await ready(socket, 'connect', clock, timeoutMs, signal, {
    onError: (cause) => tcpFailure(cause, proxy),
    onTimeout: () =>
      dialFailure('PROXY_UNREACHABLE', { details: { proxy: shown, errno: 'no answer', afterMs: timeoutMs } }),
  })
  watch.found('Connects.')
  return socket
}

function tcpFailure(cause: unknown, { host, shown }: ProxyAddress) {
  const errno = errorCode(cause)
  const isName = errno === 'ENOTFOUND' || errno === 'EAI_AGAIN' || errno === 'EAI_NODATA'
  return isName
    ? dialFailure('PROXY_NAME_NOT_FOUND', { cause, details: { name: host, errno } })
    : dialFailure('PROXY_UNREACHABLE', { cause, details: { proxy: shown, errno } })
}

async function openTls(
  socket: Socket,
  proxy: ProxyAddress,
  { clock, timeoutMs, tls, watch }: ProxySocketOptions,
  signal: AbortSignal,
): Promise<Duplex> {
  const { host, shown } = proxy
  watch.enter(`proxy TLS ${shown}`)
  const secured = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: trustOf(tls),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
  })
  await ready(secured, 'secureConnect', clock, timeoutMs, signal, {
    onError: (cause) => ownTlsFailure(cause, proxy),
    onTimeout: () =>
      dialFailure('PROXY_TLS_FAILED', {
        details: { proxy: shown, reason: 'no answer to the TLS hello', afterMs: timeoutMs },
      }),
  })
  watch.found(`${secured.getProtocol()}. Certificate for ${certificateNames(secured.getPeerCertificate())}.`)
  return secured
}

/** The same questions as for the relay, about somebody else. */
function ownTlsFailure(cause: unknown, proxy: ProxyAddress) {
  const same = tlsFailure(cause, proxy)
  const { address: _, ...details } = same.details
  const key = same.code === 'DIAL_TLS_FAILED' ? 'PROXY_TLS_FAILED' : 'PROXY_TLS_UNTRUSTED'
  const problem = same.code.replace('DIAL_TLS_', '').toLowerCase().replaceAll('_', ' ')
  return dialFailure(key, { cause, details: { proxy: proxy.shown, problem, ...details } })
}
