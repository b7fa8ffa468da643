/**
 * What a run leaves as it was: objects that are too large, and everything where a safeguard holds it.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import type { SyncEntry } from '@sallygate/service-directory/contract'
import { createMasterKey, loadMasterKey, openStore, type Store } from '@sallygate/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { oneRun, openSafeguards, person, team, type Held } from './testing/one-run.ts'

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

const tooLarge = ({ kind, id = '', dn, key }: SyncEntry): SyncEntry => ({ kind, id, dn, key, isTooLarge: true })

test.each([true, false])(
  'who is too large stays as they were, and everybody else is what was read (everything is read: %s)',
  async (full) => {
    const { id: group } = await store.groups.add({ name: `Group ${full}` })
    const { scope } = await store.directoryRuns.scope(group)
    const sync = async (held: Held, existing: number) => {
      const run = await oneRun(store, group, held, { existing, full: full || existing === 0 })
      expect(run.outcome).toBe('done')
      return run
    }
    const names = async () =>
      (await store.directoryObjects.list(scope, { kind: 'user' }, { limit: 10 })).map(({ name }) => name)
    await sync({ users: [person('ada'), person('bob'), person('eve')], groups: [team('all', 'ada', 'bob')] }, 0)

    const { detail, report } = await sync(
      {
        users: [person('ada', 'Ada'), tooLarge(person('bob')), tooLarge(person('new'))],
        groups: [tooLarge(team('all'))],
        gone: ['ada', 'bob', 'eve', 'all'],
      },
      4,
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

test('a membership attribute with a typo, which empties every group, holds the run', async () => {
  const { id: group } = await store.groups.add({ name: 'Emptied' })
  const ids = Array.from({ length: 60 }, (_, at) => `p${at}`)
  const users = ids.map((id) => person(id))
  await oneRun(store, group, { users, groups: [team('all', ...ids), team('few', 'p1')] }, { existing: 0 })
  const limits = { ...openSafeguards, maxMembershipsRemovedPercent: 50 }

  const emptied = { users, groups: [team('all'), team('few')] }
  const { outcome, detail } = await oneRun(store, group, emptied, { existing: 62, limits })

  expect(outcome).toBe('held')
  expect(detail.held).toEqual([{ safeguard: 'maxMembershipsRemovedPercent', limit: 50, actual: 100 }])
  const { scope } = await store.directoryRuns.scope(group)
  expect(await store.directoryObjects.memberships(scope)).toBe(61)
})

test('half of the memberships may go', async () => {
  const { id: group } = await store.groups.add({ name: 'Halved' })
  const ids = Array.from({ length: 60 }, (_, at) => `p${at}`)
  const users = ids.map((id) => person(id))
  await oneRun(store, group, { users, groups: [team('all', ...ids)] }, { existing: 0 })
  const limits = { ...openSafeguards, maxMembershipsRemovedPercent: 50 }

  const halved = { users, groups: [team('all', ...ids.slice(30))] }
  const { outcome } = await oneRun(store, group, halved, { existing: 61, limits })

  expect(outcome).toBe('done')
})
