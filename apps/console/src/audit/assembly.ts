/**
 * Everything that writes down what happens: audit trail, events, answers kept, backups.
 *
 * @module
 */
import { every, type Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import { Backups } from '../backups/backups.ts'
import type { Installation } from '../certificates/installation.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { Sessions } from '../connectors/sessions.ts'
import { Events } from '../events/events.ts'
import { eventsOfActions } from '../events/of-actions.ts'
import { RefusalWatch } from '../events/refusals.ts'
import { certificatesEveryMs, EventWatch, lookEveryMs, type Seen } from '../events/watch.ts'
import type { Around } from '../http/around.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { idempotent } from '../http/idempotency.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { certificateEnds, type CertificateEnd } from '../status/certificate-ends.ts'
import { openAuditDigests } from './audit-digests.ts'
import type { AuditHeads } from './audit-heads.ts'
import { auditTrail } from './audit-trail.ts'
import { groupConcerned } from './group-concerned.ts'

export interface RecordParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly home: string
  readonly heads: AuditHeads
  readonly installation: Installation
  readonly groups: OrganizationGroups
  readonly book: InstanceBook
  readonly nacCertificateEnds?: () => readonly CertificateEnd[]
  readonly sessions: Sessions
  readonly relay: () => { readonly isWanted: boolean; readonly isAttached: boolean }
  readonly lostRows: () => number
  readonly metrics: Metrics
}

export async function assembleRecords(parts: RecordParts) {
  const { store, clock, log } = parts
  const { metrics } = parts
  const events = new Events(store, log, metrics.raised)
  const refusals = new RefusalWatch(events, clock, async (user) => (await store.admins.findByName(user))?.name)
  const groupOf = groupConcerned(parts)
  const around: readonly Around[] = [
    metrics.requests,
    refusals.signIns,
    // Outside of the trail: what is answered from a kept answer is not done a second time.
    idempotent(store),
    auditTrail({ store, clock, log, digest: await openAuditDigests(store), groupOf }),
    eventsOfActions(events, groupOf),
  ]
  const watch = new EventWatch({ clock, events, look: () => see(parts), certificateEnds: () => certificateEnds(parts) })
  const certificates = () =>
    void watch.certificates().catch((error: unknown) => log.error('certificates not looked at', { error }))
  events.raise('consoleStarted')
  certificates()
  const timers = [every(clock, lookEveryMs, () => watch.look()), every(clock, certificatesEveryMs, certificates)]
  return {
    events,
    refusals,
    around,
    heads: parts.heads,
    backups: new Backups(parts.home, store, clock),
    async stop() {
      for (const timer of timers) timer.cancel()
      await events.flush()
    },
  }
}

function see({ store, book, sessions, relay, lostRows }: RecordParts): Seen {
  const { isWanted, isAttached } = relay()
  return {
    isRelayWanted: isWanted,
    isRelayAttached: isAttached,
    lostRows: lostRows(),
    canWrite: store.health().kind === 'writable',
    connectors: book.list().map(({ id, name, group, isRevoked }) => {
      const session = sessions.of(id)
      return {
        id,
        name,
        group,
        isRevoked,
        isAttached: sessions.isAttached(id),
        hasClone: sessions.clones.isAlarmed(id),
        policyDigest: session?.policyDigest,
        services: (session?.services ?? []).map(({ service, state, code }) => ({ service, state, code })),
      }
    }),
  }
}
