/**
 * Objects of which a connector says that they are too large: told of as failed, and left as they were. The directory is
 * simulated at the seam of `call`.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { writeSyncEntry, type SyncEntry } from '@sallygate/service-directory/contract'
import { createMasterKey, loadMasterKey, openStore, type Store } from '@sallygate/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Numbers, type Job } from './job.ts'
import { asJson, type RunDetail } from './run-detail.ts'
import { carryOut } from './run.ts'

const home = mkdtempSync(join(tmpdir(), 'sallygate-large-'))
let store: Store
beforeAll(async () => {
  createMasterKey(join(home, 'key'))
  const masterKey = loadMasterKey(join(home, 'key'))
  store = await openStore({ path: join(home, 'db'), masterKey, clock: systemClock, log: silentLog })
})
afterAll(async () => {
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

const person = (id: string, name = id): SyncEntry => ({
  kind: 'user',
  id,
  dn: `uid=${id}`,
  key: `uid=${id}`,
  fields: { displayName: [name] },
})
const team = (...members: string[]): SyncEntry => ({
  kind: 'group',
  id: 'all',
  dn: 'cn=all',
  key: 'cn=all',
  fields: { name: ['all'] },
  members: members.map((id) => `uid=${id}`),
})
const tooLarge = ({ kind, id = '', dn, key }: SyncEntry): SyncEntry => ({ kind, id, dn, key, isTooLarge: true })

test.each([true, false])(
  'who is too large stays as they were, and everybody else is what was read (everything is read: %s)',
  async (full) => {
    const { id: group } = await store.groups.add({ name: `Group ${full}` })
    const { scope } = await store.directoryRuns.scope(group)
    const sync = async (
      users: readonly SyncEntry[],
      groups: readonly SyncEntry[],
      isFirst: boolean,
      gone: string[] = [],
    ) => {
      const detail: RunDetail = {
        mode: 'sync', startedBy: 'person', wantsFull: full || isFirst, full: full || isFirst, settingsDigest: '', phase: 'fetch',
        attempts: { user: 0, group: 0 }, done: 0, existing: isFirst ? 0 : 4, read: 0, membersAdded: 0, membersRemoved: 0,
        failedEntries: 0, restarts: 0, referrals: 0, ...(isFirst ? { isFirst } : {}),
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
      const limits = { maxRemovals: 100, maxRemovalsPercent: 100, maxChangesPercent: 100 }
      expect(await carryOut(job, limits, { waits: () => {} })).toBe('done')
      return { detail, report: await store.directoryReports.changes(run, { after: 0, limit: 100 }) }
    }
    const names = async () =>
      (await store.directoryObjects.list(scope, { kind: 'user' }, { limit: 10 })).map(({ name }) => name)
    await sync([person('ada'), person('bob'), person('eve')], [team('ada', 'bob')], true)

    const { detail, report } = await sync(
      [person('ada', 'Ada'), tooLarge(person('bob')), tooLarge(person('new'))],
      [tooLarge(team())],
      false,
      ['ada', 'bob', 'eve', 'all'],
    )

    expect(await names()).toEqual(['Ada', 'bob'])
    expect(detail.counts).toMatchObject({ changed: 1, removed: 1, failed: 3, added: 0 })
    const failed = report.filter(({ change }) => change === 'failed')
    expect(failed.map(({ dn }) => dn).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['cn=all', 'uid=bob', 'uid=new'])
    const all = await store.directoryObjects.find(scope, 'group', 'all')
    const members = all && (await store.directoryObjects.members(all, scope, false, { limit: 10 }))
    expect(members?.map(({ id }) => id)).toEqual(['ada', 'bob'])
  },
)
