/**
 * @module
 */
import type { ConnectorWork } from '@sallygate/store'
import { thumbprints } from '@sallygate/trust'
import type { z } from 'zod'
import type { Dispatcher } from '../calls/dispatcher.ts'
import type { Duties, Duty } from './duties.ts'
import type { BookEntry, InstanceBook } from './instance-book.ts'
import type { connectorSchema } from './schema.ts'
import type { Sessions } from './sessions.ts'

export type ShownConnector = z.infer<typeof connectorSchema>

export function presentConnector(
  entry: BookEntry,
  parts: { book: InstanceBook; sessions: Sessions; dispatcher: Dispatcher; duties: Duties },
): ShownConnector {
  const { book, sessions, dispatcher, duties } = parts
  const wanted = duties.of(entry.id)
  const session = sessions.of(entry.id)
  const lastSeen = session?.lastHeard ?? entry.lastSeen
  const software = session?.software ?? entry.software
  return {
    id: entry.id,
    name: entry.name,
    state: stateOf(entry, book, sessions, wanted.state),
    wanted: presentDuty(wanted),
    ...(software === undefined ? {} : { software }),
    enrolledAt: entry.createdAt.toISOString(),
    ...(lastSeen === undefined ? {} : { lastSeen: lastSeen.toISOString() }),
    ...dispatcher.loadOf(entry.id),
    ...healthOf(entry.id, sessions, dispatcher, wanted.state),
    ...(session === undefined ? {} : { policyDigest: session.policyDigest, trustSetNumber: session.trustSetNumber }),
    services: (session?.services ?? []).map(({ service, state, generation, reason, fix }) => ({
      service,
      state,
      generation,
      fix,
      says: reason,
    })),
    operations: [...(session?.operations ?? [])],
    cloneAlarm: sessions.clones.isAlarmed(entry.id),
    ...cloneOf(entry.id, sessions),
    certificate: { thumbprints: thumbprints(entry.certificate), notAfter: entry.certificate.notAfter.toISOString() },
  }
}

/** What the console makes of it, whatever the relay says: `suspect` answers nothing, `dead` is not there. */
function healthOf(
  instance: string,
  sessions: Sessions,
  dispatcher: Dispatcher,
  wanted: ConnectorWork,
): Pick<ShownConnector, 'health' | 'suspectForMs'> {
  if (!sessions.isAttached(instance)) return { health: 'dead' }
  const { word, forMs } = dispatcher.standingOf(instance)
  if (word === 'suspect') return { health: 'suspect', suspectForMs: forMs }
  return { health: wanted !== 'active' || sessions.isDraining(instance) ? 'draining' : 'healthy' }
}

function presentDuty({ state, weight, changedAt }: Duty): ShownConnector['wanted'] {
  return { state, weight, ...(changedAt === undefined ? {} : { changedAt: changedAt.toISOString() }) }
}

function cloneOf(instance: string, { clones }: Sessions): Pick<ShownConnector, 'clone'> {
  const alarm = clones.alarms.find((one) => one.instance === instance)
  if (alarm === undefined) return {}
  const { isCertain } = alarm
  return { clone: { since: alarm.since.toISOString(), isCertain, ...cloneWords[isCertain ? 'certain' : 'maybe'] } }
}

const cloneWords = {
  certain: {
    says: 'Two processes use the identity of this connector, and both have spoken.',
    fix: 'Stop one of the two and remove its home directory. If you do not know both, revoke the connector and enroll it again.',
  },
  maybe: {
    says: 'A second process came with the identity of this connector. It may be the same host after a loss of power.',
    fix: 'Wait a minute. If the alarm stays, look for a copy of the host or its disk, and stop one of the two.',
  },
} as const

function stateOf(
  entry: BookEntry,
  book: InstanceBook,
  sessions: Sessions,
  wanted: ConnectorWork,
): ShownConnector['state'] {
  if (entry.isRevoked) return 'revoked'
  if (!book.isGood(entry)) return 'expired'
  if (!sessions.isAttached(entry.id)) return 'away'
  if (!sessions.isLive(entry.id)) return 'attached'
  if (wanted !== 'active') return wanted
  return sessions.isDraining(entry.id) ? 'draining' : 'live'
}
