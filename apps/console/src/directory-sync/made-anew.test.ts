/**
 * Somebody who was deleted and made anew under the same name, in a directory that keeps its groups right by itself.
 *
 * @module
 */
import { createMasterKey, loadMasterKey, openStore } from '@sallygate/store'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { writeSyncEntry } from '@sallygate/service-directory/contract'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Numbers, type Job } from './job.ts'
import { asJson, type RunDetail } from './run-detail.ts'
import { carryOut } from './run.ts'
import { openSafeguards } from './testing/one-run.ts'

const home = mkdtempSync(join(tmpdir(), 'sallygate-anew-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const started = {
  server: 'dc', identity: 'dc', vendor: 'none', method: 'none', goesOn: false, because: 'noPosition', deletions: 'sweep',
  groups: true, members: 'dn', membersFollow: true,
} as const // prettier-ignore

test('is in the groups that name them', async () => {
  createMasterKey(join(home, 'key'))
  const masterKey = loadMasterKey(join(home, 'key'))
  const store = await openStore({ path: join(home, 'db'), masterKey, clock: systemClock, log: silentLog })
  try {
    const { id: group } = await store.groups.add({ name: 'Anew' })
    const { scope } = await store.directoryRuns.scope(group)
    const run = async (user: string) => {
      const { users, groups } = await store.directoryObjects.counts(scope)
      const detail: RunDetail = {
        mode: 'sync', startedBy: 'person', wantsFull: true, full: true, settingsDigest: '', phase: 'fetch',
        attempts: { user: 0, group: 0 }, done: 0, existing: users + groups, read: 0, membersAdded: 0, membersRemoved: 0,
        failedEntries: 0, restarts: 0, referrals: 0,
      } // prettier-ignore
      const call = ((_group: string, operation: string, { pass }: { pass?: string }) => {
        const entry =
          pass === 'users'
            ? { kind: 'user' as const, id: user, dn: 'cn=a', key: 'cn=a' }
            : { kind: 'group' as const, id: 'team', dn: 'cn=team', key: 'cn=team', members: ['cn=a'] }
        const page = { entries: writeSyncEntry(entry), count: 1, referralsNotFollowed: 0, server: 'dc' }
        const result = operation === 'directory.syncStart' ? started : page
        return Promise.resolve({ result, connector: { id: 'one', name: 'one' } })
      }) as unknown as Job['parts']['call']
      const added = await store.directoryRuns.add(group, scope, 'running', asJson(detail))
      const job: Job = {
        parts: { store, clock: systemClock, log: silentLog, call },
        group, scope, run: added.run, id: added.id, detail, numbers: new Numbers(store),
        signal: new AbortController().signal, moved: () => {},
      } // prettier-ignore
      await carryOut(job, openSafeguards, { waits: () => {} })
      const team = await store.directoryObjects.find(scope, 'group', 'team')
      if (team === undefined) throw new Error('no team')
      return (await store.directoryObjects.members(team, scope, false, { limit: 10 })).map(({ id }) => id)
    }

    expect(await run('first')).toEqual(['first'])
    expect(await run('second')).toEqual(['second'])
  } finally {
    await store.close()
  }
})
