/**
 * The store on a real PostgreSQL server: the same suite as on node:sqlite.
 *
 * @module
 */
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { silentLog } from '@sallygate/base/log'
import { openPostgresStore } from '@sallygate/store'
import { afterAll, beforeAll, describe } from 'vitest'
import { storeSuite } from '../../packages/store/src/testing/suite.ts'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

const postgres = findPostgres()
if ('missing' in postgres) console.log(`skipped: the store on PostgreSQL, ${postgres.missing}`)

describe.skipIf('missing' in postgres)('PostgreSQL', () => {
  let home: PostgresHome

  beforeAll(async () => {
    home = await PostgresHome.start()
    console.log(`PostgreSQL ${home.server.version}`)
  }, 60_000)
  afterAll(() => home.stop())

  storeSuite('on PostgreSQL', async () => {
    const clock = new FakeClock()
    const connection = await home.makeFilled()
    const store = await openPostgresStore({ connection, masterKey: home.masterKey, clock, log: silentLog })
    return {
      store,
      now: () => clock.now(),
      advance: (ms) => clock.advance(ms),
      end: () => store.close(),
    }
  })
})
