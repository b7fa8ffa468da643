/**
 * Opening a link: look up, connect, encrypt. Each step is a span; what does not get to its end is closed here.
 *
 * @module
 */
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import { syslogFailure, targetLabel, type SyslogSettings, type SyslogTarget } from '../contract.ts'
import { connectUdp } from './datagram-link.ts'
import { within } from './deadline.ts'
import type { Link } from './link.ts'
import { connectTcp, StreamLink } from './stream-link.ts'
import { namesOf, secure, tlsContext } from './tls.ts'

export interface Opener {
  readonly settings: SyslogSettings
  readonly host: Pick<ServiceHost, 'target' | 'log' | 'clock'>
}

export interface Asked {
  readonly target: SyslogTarget
  readonly clientKey: string | undefined
}

/** @throws SYSLOG_UNREACHABLE, SYSLOG_TLS_*, SYSLOG_TARGET_INVALID, and what the host says of the address. */
export async function openLink({ settings, host }: Opener, asked: Asked, context: OperationContext): Promise<Link> {
  const { target, clientKey } = asked
  const { trace } = context
  const label = targetLabel(target)
  const secureContext = target.transport === 'tls' ? tlsContext(target, clientKey) : undefined
  const limited = <T>(step: (signal: AbortSignal) => Promise<T>) =>
    within(host.clock, context, settings.connectTimeoutMs, step).catch((error: unknown) => {
      throw syslogFailure.is(error) && error.code === 'SYSLOG_TIME_OUT'
        ? syslogFailure('UNREACHABLE', { cause: error, details: { collector: label, reason: 'no answer in time' } })
        : error
    })
  const address = await trace.span('dns', async (note) => {
    const found = await limited((signal) => abortable(host.target(target.host, target.port), signal))
    note({ collector: label, address: found.address })
    return found
  })
  if (target.transport === 'udp')
    return trace.span('udp', () => limited((signal) => connectUdp(address, label, signal)))
  const socket = await trace.span('tcp', () => limited((signal) => connectTcp(address, signal)))
  if (secureContext === undefined) return new StreamLink(socket, target.framing, label)
  const name = target.certificateName ?? address.serverName
  const tls = await trace.span('tls', async (note) => {
    const verified = await limited((signal) => secure(socket, target, name, secureContext, signal))
    note({ name, protocol: verified.protocol, names: namesOf(verified.certificate) })
    return verified
  })
  return new StreamLink(tls.stream, target.framing, label, tls)
}

/** A look-up cannot be called back; its answer is then dropped. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
}
