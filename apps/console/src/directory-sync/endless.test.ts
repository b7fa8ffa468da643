/**
 * A directory whose pages never end, at the seam of `call`: T50 for the console.
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
import { mostEntries, Reading } from './reading.ts'
import { asJson, type RunDetail } from './run-detail.ts'

const home = mkdtempSync(join(tmpdir(), 'sallygate-endless-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const source = {
  server: 'dc', identity: 'dc', vendor: 'none', method: 'none', deletions: 'sweep', groups: true, refs: 'key', follows: false,
} as const // prettier-ignore

test('is given up by name, and does not fill the disk', { timeout: 60_000 }, async () => {
  createMasterKey(join(home, 'key'))
  const masterKey = loadMasterKey(join(home, 'key'))
  const store = await openStore({ path: join(home, 'db'), masterKey, clock: systemClock, log: silentLog })
  try {
    const { id: group } = await store.groups.add({ name: 'Endless' })
    const { scope } = await store.directoryRuns.scope(group)
    const detail: RunDetail = {
      mode: 'sync', startedBy: 'person', wantsFull: true, full: true, settingsDigest: '', phase: 'fetch', source,
      attempts: { user: 0, group: 0 }, done: 0, existing: 0, read: 0, membersAdded: 0, membersRemoved: 0,
      failedEntries: 0, restarts: 0, referrals: 0,
    } // prettier-ignore
    const { run, id } = await store.directoryRuns.add(group, scope, 'running', asJson(detail))
    // The same person over and over, fifty thousand times a page.
    const entries = writeSyncEntry({ kind: 'user', id: 'a', dn: 'uid=a', key: 'uid=a' })
    let pages = 0
    const call = (() => {
      pages++
      const result = { entries, count: 50_000, cursor: String(pages), referralsNotFollowed: 0, server: 'dc' }
      return Promise.resolve({ result, connector: { id: 'one', name: 'one' } })
    }) as unknown as Job['parts']['call']
    const job: Job = {
      parts: { store, clock: systemClock, log: silentLog, call },
      group, scope, run, id, detail, numbers: new Numbers(store), signal: new AbortController().signal, moved: () => {},
    } // prettier-ignore

    await expect(new Reading(job, source).pass('users')).rejects.toMatchObject({ code: 'DIRECTORY_SYNC_ENDLESS' })

    expect(pages).toBeLessThanOrEqual(mostEntries / 50_000 + 2)
  } finally {
    await store.close()
  }
})
