/**
 * @module
 */
import { thumbprints } from '@sallygate/trust'
import type { z } from 'zod'
import type { Dispatcher } from '../calls/dispatcher.ts'
import type { BookEntry, InstanceBook } from './instance-book.ts'
import type { connectorSchema } from './schema.ts'
import type { Sessions } from './sessions.ts'

export type ShownConnector = z.infer<typeof connectorSchema>

export function presentConnector(
  entry: BookEntry,
  parts: { book: InstanceBook; sessions: Sessions; dispatcher: Dispatcher },
): ShownConnector {
  const { book, sessions, dispatcher } = parts
  const session = sessions.of(entry.id)
  const lastSeen = session?.lastHeard ?? entry.lastSeen
  const software = session?.software ?? entry.software
  return {
    id: entry.id,
    name: entry.name,
    state: stateOf(entry, book, sessions),
    ...(software === undefined ? {} : { software }),
    enrolledAt: entry.createdAt.toISOString(),
    ...(lastSeen === undefined ? {} : { lastSeen: lastSeen.toISOString() }),
    ...dispatcher.loadOf(entry.id),
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
    certificate: { thumbprints: thumbprints(entry.certificate), notAfter: entry.certificate.notAfter.toISOString() },
  }
}

function stateOf(entry: BookEntry, book: InstanceBook, sessions: Sessions): ShownConnector['state'] {
  if (entry.isRevoked) return 'revoked'
  if (!book.isGood(entry)) return 'expired'
  if (!sessions.isAttached(entry.id)) return 'away'
  if (!sessions.isLive(entry.id)) return 'attached'
  return sessions.isDraining(entry.id) ? 'draining' : 'live'
}
