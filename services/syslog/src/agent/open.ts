/**
 * Opening a link: look up, connect, encrypt. Each step is a span; what does not get to its end is closed here.
 *
 * @module
 */
import { approach } from '@sallygate/agent-kit'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import { targetLabel, type SyslogSettings, type SyslogTarget } from '../contract.ts'
import { connectUdp } from './datagram-link.ts'
import type { Link } from './link.ts'
import { StreamLink } from './stream-link.ts'
import { failures, tlsContext } from './tls.ts'

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
  const label = targetLabel(target)
  const secureContext = target.transport === 'tls' ? tlsContext(target, clientKey) : undefined
  const about = { collector: label }
  const way = approach({ host, context, limitMs: settings.connectTimeoutMs, about, failures })
  if (target.transport === 'udp') {
    const address = await way.find(target.host, target.port)
    return context.trace.span('udp', () => way.limited((signal) => connectUdp(address, label, signal)))
  }
  const { socket, name } = await way.reach(target)
  if (secureContext === undefined) return new StreamLink(socket, target.framing, label)
  const tls = await way.encrypt(socket, {
    name,
    context: secureContext,
    pins: target.pin === undefined ? undefined : [target.pin.replaceAll(':', '').toLowerCase()],
  })
  return new StreamLink(tls.stream, target.framing, label, tls)
}
