/**
 * The store on a real PostgreSQL server: the same suite as on node:sqlite.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { createMasterKey, openPostgresStore } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { afterAll, beforeAll, describe } from 'vitest'
import { storeSuite } from '../../packages/store/src/testing/suite.ts'
import { findPostgres, PostgresServer } from './postgres-server.ts'

const postgres = findPostgres()
if ('missing' in postgres) console.log(`skipped: the store on PostgreSQL, ${postgres.missing}`)

describe.skipIf('missing' in postgres)('PostgreSQL', () => {
  let server: PostgresServer
  const directory = mkdtempSync(join(tmpdir(), 'store-'))

  beforeAll(async () => {
    if ('missing' in postgres) return
    server = await PostgresServer.start(postgres.bin)
    console.log(`PostgreSQL ${postgres.version}`)
  }, 60_000)
  afterAll(async () => {
    await server.stop()
    rmSync(directory, { recursive: true })
  })

  let homes = 0
  storeSuite('on PostgreSQL', async () => {
    const clock = new FakeClock()
    const masterKey = createMasterKey(join(directory, `master-${++homes}.key`))
    const connection = await server.makeDatabase()
    const store = await openPostgresStore({ connection, masterKey, clock, log: silentLog })
    return {
      store,
      now: () => clock.now(),
      advance: (ms) => clock.advance(ms),
      end: () => store.close(),
    }
  })
})
