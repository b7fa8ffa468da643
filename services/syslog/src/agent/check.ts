/**
 * The check of one target: every step, each with what it found, and a test message at the end.
 *
 * @module
 */
import { approachSays, stepRows } from '@sallygate/agent-kit'
import { Failure } from '@sallygate/base/failure'
import { CheckList, startTrace, type CheckRow, type OperationContext } from '@sallygate/service-kit'
import { maxMessageBytes, syslogFailure, targetLabel, type SyslogEvent, type SyslogTarget } from '../contract.ts'
import { within } from './deadline.ts'
import type { Link } from './link.ts'
import { openLink, type Asked, type Opener } from './open.ts'
import { renderer } from './render.ts'

/** In which a collector that does not want our certificate says so: in TLS 1.3 the handshake is over before it looks. */
const objectionMs = 250

const steps: Readonly<Record<SyslogTarget['transport'], readonly (readonly [string, string])[]>> = {
  udp: [
    ['dns', 'Name and policy'],
    ['udp', 'UDP'],
  ],
  tcp: [
    ['dns', 'Name and policy'],
    ['tcp', 'TCP'],
  ],
  tls: [
    ['dns', 'Name and policy'],
    ['tcp', 'TCP'],
    ['tls', 'TLS'],
  ],
}

export async function checkTarget(
  opener: Opener,
  asked: Asked & { readonly event: SyslogEvent | undefined },
  context: OperationContext,
): Promise<readonly CheckRow[]> {
  const { clock } = opener.host
  const { target, event } = asked
  const label = targetLabel(target)
  const list = new CheckList(clock)
  const trace = startTrace(clock)
  let link: Link | undefined
  let failure: unknown
  try {
    link = await openLink(opener, asked, { ...context, trace })
  } catch (error) {
    failure = error
  }
  const rows = await stepRows({
    clock,
    spans: trace.spans,
    failure,
    label,
    steps: steps[target.transport],
    says: {
      ...approachSays(link?.tls, { now: clock.now(), renew: 'Renew the certificate of the collector.' }),
      udp: () => ({
        result: 'warning',
        says: 'UDP has no connection: whether anybody receives is not known, and what is lost is lost.',
        fix: 'Where events must not be lost, use TLS or TCP.',
      }),
    },
  })
  if (link === undefined) return rows
  await writeTest(opener, { target, event, link, label }, context, list)
  link.destroy()
  return [...rows, ...list.rows]
}

interface Test {
  readonly target: SyslogTarget
  readonly event: SyslogEvent | undefined
  readonly link: Link
  readonly label: string
}

async function writeTest(
  { host, settings }: Opener,
  { target, event, link, label }: Test,
  context: OperationContext,
  list: CheckList,
): Promise<void> {
  if (target.transport === 'tcp')
    await list.row(`Encryption: ${label}`, () =>
      Promise.resolve({
        result: 'warning',
        says: 'Events travel readable by everybody on the way.',
        fix: 'Choose TLS for this target, where the collector can do it.',
      }),
    )
  if (target.transport !== 'udp') {
    const isOpen = await list.row(`Stays open: ${label}`, async () => {
      await new Promise((resolve) => setTimeout(resolve, objectionMs))
      if (link.failure === undefined) return 'The collector takes the connection.'
      if (link.failure instanceof Failure && link.failure.code === 'SYSLOG_CONNECTION_LOST' && link.tls !== undefined)
        throw syslogFailure('TLS_CLIENT_REFUSED', { cause: link.failure, details: { ...link.failure.details } })
      throw link.failure
    })
    if (!isOpen) return list.skip(`Test message: ${label}`, 'Not tried, because a step before it failed.')
  }
  if (event === undefined) return
  const isWritten = await list.row(`Test message: ${label}`, async () => {
    const line = renderer(target)(event)
    await within(host.clock, context, settings.writeTimeoutMs, (signal) => link.write([line], signal))
    const bytes = Buffer.byteLength(line)
    return `${bytes} of at most ${maxMessageBytes(target)} bytes sent as ${target.format}: look for ${event.key} at the collector.`
  })
  if (target.transport === 'udp') return
  if (!isWritten) return list.skip(`Receipt: ${label}`, 'Not tried, because a step before it failed.')
  await list.row(`Receipt: ${label}`, async () => {
    try {
      await within(host.clock, context, settings.confirmTimeoutMs, (signal) => link.end(signal))
      return 'The collector read everything: it ended the connection after we did.'
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return {
        result: 'warning',
        says: `The collector did not end the connection after we did (${error.code}). What it was sent just before a cut may be sent twice, or be lost.`,
        fix: 'Look in the log of the collector, and at what stands between: some load balancers do not pass on the end of a connection.',
      }
    }
  })
}
