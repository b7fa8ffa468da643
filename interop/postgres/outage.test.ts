/**
 * A PostgreSQL server that goes away, stays silent, or comes back; and a console that is replaced meanwhile.
 *
 * @module
 */
import { sha256 } from '@sallygate/base/bytes'
import type { PostgresConnection, RequestRecord, Store } from '@sallygate/store'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

const record: RequestRecord = {
  requestId: '1',
  requestDigest: sha256(Buffer.from('request')),
  outcome: 'done',
  operation: 'directory.search',
  group: 'g',
  component: 'other',
  at: new Date(1_700_000_000_000),
}
/** Far below what the defaults allow, so that a test does not wait; the rules are the same. */
const bounds = { connectMs: 1000, silenceMs: 400, lockMs: 200 }

describe.skipIf('missing' in findPostgres())('a store whose PostgreSQL server', () => {
  let home: PostgresHome
  let connection: PostgresConnection
  let store: Store

  beforeAll(async () => {
    home = await PostgresHome.start()
  }, 60_000)
  afterAll(() => home.stop())
  beforeEach(async () => {
    connection = await home.makeFilled()
    store = await home.open({ connection, bounds })
  })
  afterEach(() => home.closeAll())

  test('crashes says so, and goes on by itself with nothing acknowledged lost', async () => {
    const group = await store.groups.add({ name: 'Acme' })
    const head = await store.requestLog.append(record)
    await home.server.crash()

    await expect(store.groups.get(group.id)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', retry: 'later' })
    await expect(store.requestLog.append(record)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    expect(store.health()).toMatchObject({ kind: 'unreachable', failure: { code: 'STORE_UNREACHABLE' } })
    await home.server.resume()

    expect(await store.groups.get(group.id)).toEqual(group)
    expect(store.health()).toEqual({ kind: 'writable' })
    expect((await store.requestLog.append(record)).position).toBe(head.position + 1)
    expect((await store.requestLog.verify([head])).kind).toBe('intact')
  })

  test('is lost inside a transaction leaves nothing of it', async () => {
    const half = store.transaction(async (inside) => {
      await inside.groups.add({ name: 'Acme' })
      await home.server.crash()
      await inside.groups.add({ name: 'Other' })
    })

    await expect(half).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    await home.server.resume()
    expect(await store.groups.list()).toEqual([])
  })

  test('stays silent is given up on in a bounded time', async () => {
    const letGo = await home.server.freeze(connection.database)
    const started = performance.now()

    const asking = Promise.allSettled(Array.from({ length: 12 }, () => store.groups.list()))
    const outcomes = await asking.finally(letGo)

    const codes = outcomes.map((it) => (it.status === 'rejected' ? (it.reason as { code: string }).code : 'answered'))
    expect(codes[0]).toBe('STORE_UNREACHABLE')
    expect(performance.now() - started).toBeLessThan(5000)
    expect(await store.groups.list()).toEqual([])
  })

  test('holds a lock for somebody else answers as busy, and the connection can be used on', async () => {
    const held = home.server.run(connection.database, 'begin; lock table groups; select pg_sleep(1)')
    await expect.poll(() => isLocked(connection.database)).toBe(true)

    await expect(store.groups.add({ name: 'Acme' })).rejects.toMatchObject({ code: 'STORE_BUSY', retry: 'later' })

    await held
    expect((await store.groups.add({ name: 'Acme' })).name).toBe('Acme')
  })

  test('was used by another console meanwhile is not touched any more', async () => {
    await home.server.crash()
    await home.server.resume()
    const newer = await home.open({ connection })
    await newer.groups.add({ name: 'Acme' })
    await newer.close()

    await expect(store.groups.add({ name: 'Other' })).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      details: { since: 'this console opened it' },
    })
    await expect(store.requestLog.append(record)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  })

  async function isLocked(database: string): Promise<boolean> {
    const rows = await home.server.run(
      database,
      `select 1 from pg_locks where mode = 'AccessExclusiveLock' and granted`,
    )
    return rows.length > 0
  }
})
