import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { silentLog } from '@sallygate/base/log'
import { createMasterKey, loadMasterKey, openStore, type Store } from '@sallygate/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepReports } from './cleaning.ts'

const home = mkdtempSync(join(tmpdir(), 'sallygate-cleaning-'))
const clock = new FakeClock()
let store: Store
beforeAll(async () => {
  createMasterKey(join(home, 'key'))
  store = await openStore({
    path: join(home, 'db'),
    masterKey: loadMasterKey(join(home, 'key')),
    clock,
    log: silentLog,
  })
})
afterAll(async () => {
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

const day = 24 * 3_600_000

test('a report older than ninety days is forgotten, but for the newest ten and what is under way', async () => {
  const { id: group } = await store.groups.add({ name: 'Acme' })
  const { scope } = await store.directoryRuns.scope(group)
  const add = async (state: string) => {
    const { run } = await store.directoryRuns.add(group, scope, state, {})
    if (state !== 'held') await store.directoryRuns.write(run, { endedAt: clock.now() })
  }
  await add('held')
  for (let count = 0; count < 4; count++) await add('done')
  await clock.advance(80 * day)
  for (let count = 0; count < 8; count++) await add('done')
  const left = async () =>
    (await store.directoryRuns.list(group, { limit: 100 })).map(({ number }) => number).toReversed()

  await clock.advance(9 * day)
  await keepReports(store, scope, clock.now())
  expect(await left()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])

  await clock.advance(2 * day)
  await keepReports(store, scope, clock.now())
  expect(await left()).toEqual([1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
})
