/**
 * The hops of the relay: every step there on a new connection, and once through it on the one that is there.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import { failureFromReport } from '@sallygate/base/failure'
import { toHex } from '@sallygate/base/bytes'
import { diagnose, dialFailure } from '@sallygate/dial'
import { connectorAddress } from '@sallygate/hop'
import type { GroupId, InstanceId } from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'
import { consoleFailure } from '../failures.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import type { RelaySettingsFile } from '../relay/relay-settings.ts'
import { relayAuthorities } from '../relay/way-out.ts'
import type { HopFinding, HopList, HopWho } from './hop-list.ts'

export interface RelayHopParts {
  readonly clock: Clock
  readonly installation: Installation
  readonly relay: RelaySettingsFile
  readonly link: RelayLink
}

const hops: readonly (readonly [string, HopWho])[] = [
  ['name', { name: 'relay DNS', by: 'console' }],
  ['TCP', { name: 'relay TCP', by: 'relay' }],
  ['TLS', { name: 'relay TLS', by: 'relay' }],
  ['status page', { name: 'relay status page', by: 'relay' }],
  ['relay', { name: 'relay challenge', by: 'relay' }],
]

const turnaround: HopWho = { name: 'relay round trip', by: 'relay' }

/** Longer than any relay that is well. */
const roundTripMs = 5000

export async function walkRelay(parts: RelayHopParts, list: HopList, signal: AbortSignal): Promise<void> {
  await list.walk({ name: 'console', by: 'console' }, () => {
    const settings = parts.relay.current
    if (settings === undefined) throw consoleFailure('RELAY_NOT_SET')
    if (!settings.enabled) throw consoleFailure('RELAY_AWAY', { details: { because: 'the relay is switched off' } })
    return { says: 'The relay is set up and switched on.', detail: { url: settings.internalUrl } }
  })
  await walkWay(parts, list, signal)
  await list.walk(turnaround, () => roundTrip(parts))
}

async function walkWay({ clock, installation, relay, link }: RelayHopParts, list: HopList, signal: AbortSignal) {
  if (list.hasFailed || relay.current === undefined) {
    for (const [, who] of hops) list.skip(who)
    return
  }
  const { internalUrl } = relay.current
  const { wayOut } = link.way
  let atMs = list.elapsedMs
  const rows = await diagnose(internalUrl, {
    tls: { ca: relayAuthorities(installation, relay.current, link.way) },
    ...(wayOut === undefined ? {} : { wayOut }),
    expectedRelay: installation.relay,
    clock,
    signal,
  })
  // A proxy has hops of its own in front, as many as its list makes, and none of ours for the name and the port.
  for (const row of rows.filter(({ target }) => /^(?:way out|proxy )/.test(target))) {
    const verdict = row.result === 'failed' && link.isAttached ? 'warning' : row.result
    const who: HopWho = { name: proxyHop(row.target), by: 'console' }
    list.put(who, atMs, row.durationMs, { ...findingOfRow(row), verdict })
    atMs += row.durationMs
  }
  const isBehindProxy = rows.some(({ target }) => target.startsWith('proxy '))
  for (const [target, who] of isBehindProxy ? hops.slice(2) : hops) {
    const row = rows.find((one) => one.target.startsWith(target))
    if (row === undefined) {
      list.skip(who)
      continue
    }
    // What is carried goes over the connection that is there; that a new one fails is worth a word, and no more yet.
    const verdict = row.result === 'failed' && link.isAttached ? 'warning' : row.result
    list.put(who, atMs, row.durationMs, { ...findingOfRow(row), verdict })
    atMs += row.durationMs
  }
}

function findingOfRow({ says, fix, target, chain }: Awaited<ReturnType<typeof diagnose>>[number]) {
  return { says, fix, detail: { target }, ...(chain === undefined ? {} : { chain }) }
}

/** Without names and ports, as the other hops are called; those are in the detail. */
function proxyHop(target: string): string {
  const [, what = ''] = /^proxy (\S+)/.exec(target) ?? []
  if (what === '') return target
  return what === 'name' ? 'proxy DNS' : `proxy ${what}`
}

/** To somebody who does not exist, on our own session: only a relay that reads what we send can say so. */
async function roundTrip({ link }: RelayHopParts): Promise<HopFinding> {
  const { failure } = link.status()
  if (!link.isAttached && failure !== undefined) throw failureFromReport(failure)
  const nobody = connectorAddress(toHex(randomBytes(16)) as GroupId, toHex(randomBytes(16)) as InstanceId)
  const sending = link.send(nobody, randomBytes(64), { ttlMs: roundTripMs })
  if (sending === undefined || !link.isAttached) throw consoleFailure('RELAY_AWAY')
  try {
    await sending.fate
  } catch (error) {
    if (dialFailure.is(error) && error.code === 'DIAL_NO_SUCH_PEER')
      return 'There and back on the session of this console.'
    throw error
  }
  throw dialFailure('SILENT', { details: { waitedFor: 'answer to a cargo', afterMs: roundTripMs } })
}
