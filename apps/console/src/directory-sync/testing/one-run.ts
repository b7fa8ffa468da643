/**
 * One run against a directory that is simulated at the seam of `call`: what it holds is handed in.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import type { Safeguards } from '@sallygate/domain'
import { writeSyncEntry, type SyncEntry } from '@sallygate/service-directory/contract'
import type { Store } from '@sallygate/store'
import { Numbers, type Job } from '../job.ts'
import { asJson, type RunDetail } from '../run-detail.ts'
import { carryOut } from '../run.ts'

export const person = (id: string, name = id): SyncEntry => ({
  kind: 'user',
  id,
  dn: `uid=${id}`,
  key: `uid=${id}`,
  fields: { displayName: [name] },
})

export const team = (id: string, ...members: string[]): SyncEntry => ({
  kind: 'group',
  id,
  dn: `cn=${id}`,
  key: `cn=${id}`,
  fields: { name: [id] },
  members: members.map((one) => `uid=${one}`),
})

/** Nothing is held. */
export const openSafeguards: Safeguards = {
  maxRemovals: 1_000_000,
  maxRemovalsPercent: 100,
  maxChangesPercent: 100,
  maxMembershipsRemovedPercent: 100,
}

export interface Held {
  readonly users: readonly SyncEntry[]
  readonly groups: readonly SyncEntry[]
  /** Identifiers of those that may have left, where not everything is read. */
  readonly gone?: readonly string[]
}

export interface RunAsked {
  /** Objects that are in force; 0 for the first run. */
  readonly existing: number
  readonly full?: boolean
  readonly limits?: Safeguards
}

export async function oneRun(
  store: Store,
  group: string,
  { users, groups, gone = [] }: Held,
  { existing, full = true, limits = openSafeguards }: RunAsked,
) {
  const { scope } = await store.directoryRuns.scope(group)
  const detail: RunDetail = {
    mode: 'sync', startedBy: 'person', wantsFull: full, full, settingsDigest: '', phase: 'fetch',
    attempts: { user: 0, group: 0 }, done: 0, existing, read: 0, membersAdded: 0, membersRemoved: 0,
    failedEntries: 0, restarts: 0, referrals: 0, ...(existing === 0 ? { isFirst: true } : {}),
  } // prettier-ignore
  const { run, id } = await store.directoryRuns.add(group, scope, 'running', asJson(detail))
  const call = ((_group: string, operation: string, { pass }: { readonly pass?: string }) => {
    const removed = gone.map((one): SyncEntry => ({ kind: 'gone', id: one, dn: '', key: '' }))
    const entries = pass === 'users' ? users : pass === 'groups' ? groups : removed
    const started = {
      server: 'dc', identity: 'dc', vendor: 'x', method: 'usn', position: { kind: 'usn', identity: 'dc', value: '1' },
      deletions: 'tombstones', groups: true, members: 'dn', membersFollow: true, goesOn: true,
    } // prettier-ignore
    const text = entries.map(writeSyncEntry).join('\n')
    const page = { entries: text, count: entries.length, referralsNotFollowed: 0, server: 'dc' }
    const result = operation === 'directory.syncStart' ? started : page
    return Promise.resolve({ result, connector: { id: 'c', name: 'c' } })
  }) as unknown as Job['parts']['call']
  const job: Job = {
    parts: { store, clock: systemClock, log: silentLog, call },
    group, scope, run, id, detail, numbers: new Numbers(store), signal: new AbortController().signal, moved: () => {},
  } // prettier-ignore
  const outcome = await carryOut(job, limits, { waits: () => {} })
  return { outcome, detail, report: await store.directoryReports.changes(run, { after: 0, limit: 100 }) }
}
