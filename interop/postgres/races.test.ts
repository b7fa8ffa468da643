/**
 * Races on a real PostgreSQL server, each from two connections that know nothing of one another.
 *
 * @module
 */
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import { systemClock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import {
  createMasterKey,
  loadMasterKey,
  type PostgresConnection,
  type Repositories,
  type RequestRecord,
  type Store,
} from '@sallygate/store'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../../packages/store/src/context.ts'
import { PooledPostgresDialect } from '../../packages/store/src/postgres-dialect.ts'
import { BoundedPool } from '../../packages/store/src/postgres-pool.ts'
import { repositories } from '../../packages/store/src/repositories.ts'
import { RequestLog } from '../../packages/store/src/request-log.ts'
import type { Schema } from '../../packages/store/src/schema.ts'
import { Vault } from '../../packages/store/src/vault.ts'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

const rounds = 20

describe.skipIf('missing' in findPostgres())('of two connections at once', () => {
  let home: PostgresHome
  let connection: PostgresConnection
  let store: Store
  let contexts: readonly [Context, Context]
  let one: Repositories
  let other: Repositories

  beforeAll(async () => {
    home = await PostgresHome.start()
  }, 60_000)
  afterAll(() => home.stop())
  beforeEach(async () => {
    connection = await home.makeFilled()
    store = await home.open({ connection })
    contexts = [connect(), connect()]
    one = repositories(contexts[0])
    other = repositories(contexts[1])
  })
  afterEach(async () => {
    for (const { db } of contexts) await db.destroy()
    await home.closeAll()
  })

  /** One connection of its own, without the lock that keeps a second console out. */
  function connect(): Context {
    const pool = new BoundedPool({ connection, bounds: { connections: 1 }, prepare: () => Promise.resolve() })
    const db = new Kysely<Schema>({ dialect: new PooledPostgresDialect(pool) })
    return { db, vault: new Vault(home.masterKey.key), clock: systemClock }
  }
  const inAnHour = () => new Date(Date.now() + 3_600_000)
  const each = async (race: (round: number) => Promise<void>) => {
    for (let round = 0; round < rounds; round++) await race(round)
  }

  test('one uses a code, and the other is told so', async () => {
    const { id: group } = await store.groups.add({ name: 'Acme' })

    await each(async (round) => {
      const codeId = toHex(randomBytes(16))
      const secret = new Secret(randomBytes(16))
      await store.enrollmentCodes.add({ codeId, group, secret, name: `${round}`, expiresAt: inAnHour() })

      const uses = await Promise.all([one.enrollmentCodes.use(codeId, 'a'), other.enrollmentCodes.use(codeId, 'b')])

      expect(uses.map((it) => (it.kind === 'used' ? 'used' : it.reason)).toSorted()).toEqual(['used', 'usedBefore'])
    })
  })

  test('an installer is used as often as stated', async () => {
    const { id: group } = await store.groups.add({ name: 'Acme' })
    await store.installers.add({ keyId: 'aa', group, uses: 7, expiresAt: inAnHour() })

    const tries = Array.from({ length: rounds }, (_, at) => (at % 2 === 0 ? one : other).installers.use('aa'))
    const outcomes = await Promise.all(tries)

    expect(outcomes.filter(({ kind }) => kind === 'used')).toHaveLength(7)
    expect((await store.installers.find('aa'))?.usesLeft).toBe(0)
  })

  test('one makes the first administrator', async () => {
    const makers = [one, other].map((it, at) => it.admins.addFirst({ name: `admin ${at}`, passwordHash: 'x' }))

    const outcomes = await Promise.allSettled(makers)

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'STORE_FIRST_ADMIN_EXISTS' },
    })
    expect(await store.admins.list()).toHaveLength(1)
  })

  test('no number of a trust set is given out twice, and none is left out', async () => {
    const { id: group } = await store.groups.add({ name: 'Acme' })
    const issue = (by: Repositories) => by.trustSets.issue(group, (number) => Buffer.from(`${number}`))

    const issued = await Promise.all(Array.from({ length: 2 * rounds }, (_, at) => issue(at % 2 === 0 ? one : other)))

    const numbers = issued.map(({ number }) => number).toSorted((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 2 * rounds }, (_, at) => at + 1))
    expect((await store.trustSets.latest(group))?.number).toBe(2 * rounds)
  })

  test('both append to the request log, and it stays one chain', async () => {
    const logs = await Promise.all(contexts.map((context) => RequestLog.open(context, store.installationId)))
    const record = (at: number): RequestRecord => ({
      requestId: `${at}`,
      requestDigest: sha256(Buffer.from(`request ${at}`)),
      outcome: 'done',
      operation: 'directory.search',
      group: 'g',
      component: 'other',
      at: new Date(),
    })

    const heads = await Promise.all(
      logs.map(async (log, which) => {
        const appended = []
        for (let turn = 0; turn < rounds; turn++) {
          appended.push(await log.append(record(2 * turn + which)), await log.append(record(1000 + 2 * turn + which)))
        }
        return appended
      }),
    )

    const positions = heads.flat().map(({ position }) => position)
    expect(positions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 4 * rounds }, (_, at) => at + 1))
    expect(await store.requestLog.verify()).toMatchObject({ kind: 'intact', head: { position: 4 * rounds } })
    // The store itself has seen none of these rows; it goes on where they end.
    expect((await store.requestLog.append(record(5))).position).toBe(4 * rounds + 1)
  })

  test('a secret never ends up with a host it was not given for', async () => {
    const { id: group } = await store.groups.add({ name: 'Acme' })
    const fields = { secretFields: ['password'], eraserFields: ['host'] }

    await each(async (round) => {
      const service = `service ${round}`
      const secrets = { password: new Secret('for the good one') }
      await Promise.all([
        one.serviceSettings.set({ group, service, ...fields, settings: { host: 'good' }, secrets }),
        other.serviceSettings.set({ group, service, ...fields, settings: { host: 'evil' } }),
      ])

      const settings = await store.serviceSettings.get(group, service)
      expect(settings?.generation).toBe(2)
      expect(settings?.secretsSet).toEqual(settings?.settings['host'] === 'good' ? ['password'] : [])
    })
  })

  test('an instance revoked while it renews ends without a certificate that counts', async () => {
    const { id: group } = await store.groups.add({ name: 'Acme' })
    const addCertificate = () => {
      const at = { notBefore: new Date(), notAfter: inAnHour() }
      const keyId = toHex(randomBytes(32))
      return store.certificates.add({ group, kind: 'instance', der: randomBytes(100), keyId, serial: '01', ...at })
    }

    await each(async () => {
      const [before, after] = [await addCertificate(), await addCertificate()]
      const publicKey = randomBytes(65)
      const named = { group, name: 'Berlin', publicKey }
      const { id } = await store.instances.add({ ...named, keyId: before.keyId, certificate: before.id })

      await Promise.allSettled([
        one.instances.renew(id, { publicKey, keyId: after.keyId, certificate: after.id }),
        other.instances.revoke(id),
      ])

      const instance = await store.instances.get(id)
      expect(instance.status).toBe('revoked')
      expect((await store.certificates.get(instance.certificate)).status).toBe('revoked')
    })
  })

  test('a group made while the master key rotates can be opened with the new one', async () => {
    const masterKey = createMasterKey(join(home.directory, 'rotated.key'))
    const own = { connection: await home.server.makeDatabase(), masterKey }
    const rotated = await home.open(own)
    const adding = Array.from({ length: rounds }, (_, at) => rotated.groups.add({ name: `group ${at}` }))
    const rotating = rotated.rotateMasterKey()
    const later = Array.from({ length: rounds }, (_, at) => rotated.groups.add({ name: `later ${at}` }))
    await Promise.all([...adding, rotating, ...later])
    const sealed = await Promise.all(
      (await rotated.groups.list()).map(({ id }) =>
        rotated.keys.add({ purpose: 'consoleSigning', group: id, pkcs8: new Secret(Buffer.from(id)) }),
      ),
    )
    await rotated.close()

    const again = await home.open({ ...own, masterKey: loadMasterKey(masterKey.path) })

    const opened = await Promise.all(sealed.map(({ id }) => again.keys.open(id)))
    expect(opened.map((it) => it.reveal().toString())).toEqual(sealed.map(({ group }) => group))
    expect(opened).toHaveLength(2 * rounds)
  })
})
