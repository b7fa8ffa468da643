/**
 * What is not opened on a PostgreSQL server: each refused by its name, and left as it is.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@sallygate/base/secret'
import { createMasterKey, type PostgresConnection } from '@sallygate/store'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { takeAlone } from '../../packages/store/src/postgres-lock.ts'
import { BoundedPool } from '../../packages/store/src/postgres-pool.ts'
import { freePort } from '../directory/peer-process.ts'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

describe.skipIf('missing' in findPostgres())('on PostgreSQL, by name', () => {
  let home: PostgresHome

  beforeAll(async () => {
    home = await PostgresHome.start()
  }, 60_000)
  afterAll(() => home.stop())
  afterEach(() => home.closeAll())

  const dump = (database: string) =>
    home.server.run(database, `select relname, n_tup_ins + n_tup_upd + n_tup_del as changes from pg_stat_user_tables`)
  const expectRefused = (connection: PostgresConnection, code: string) =>
    expect(home.open({ connection, bounds: { connectMs: 1000 } })).rejects.toMatchObject({ code })

  test('a database of another program: STORE_FOREIGN, and no table is added', async () => {
    const connection = await home.server.makeDatabase()
    await home.server.run(connection.database, 'create table meta (name text, value text)')

    await expectRefused(connection, 'STORE_FOREIGN')
    expect(await dump(connection.database)).toEqual([{ relname: 'meta', changes: '0' }])
  })

  test('another program that also migrates with kysely: STORE_FOREIGN', async () => {
    const connection = await home.server.makeDatabase()
    const tables = 'create table meta (a text); create table kysely_migration (name text, timestamp text)'
    await home.server.run(connection.database, tables)

    await expectRefused(connection, 'STORE_FOREIGN')
  })

  test('another master key: STORE_WRONG_KEY', async () => {
    const connection = await home.makeFilled()
    const masterKey = createMasterKey(join(home.directory, 'other.key'))

    await expect(home.open({ connection, masterKey })).rejects.toMatchObject({ code: 'STORE_WRONG_KEY' })
    expect(await (await home.open({ connection })).groups.list()).toEqual([])
  })

  test.each([
    ['a newer version', `insert into kysely_migration values ('999-later', '2030-01-01')`, 'STORE_TOO_NEW'],
    ['an emptied table of facts', 'delete from meta', 'STORE_CORRUPT'],
    ['a table that was dropped', 'drop table "requestLog"', 'STORE_CORRUPT'],
  ])('%s', async (_, edit, code) => {
    const connection = await home.makeFilled()
    await home.server.run(connection.database, edit)

    await expectRefused(connection, code)
  })

  test('an empty database where one with a store has to be: STORE_MISSING', async () => {
    const connection = await home.server.makeDatabase()

    await expect(home.open({ connection, whenAbsent: 'refuse' })).rejects.toMatchObject({ code: 'STORE_MISSING' })
    expect(await dump(connection.database)).toEqual([])
  })

  test('text that is not UTF-8: STORE_NOT_UTF8', async () => {
    const connection = await home.server.makeDatabase(
      `encoding 'LATIN1' template template0 lc_collate 'C' lc_ctype 'C'`,
    )

    await expectRefused(connection, 'STORE_NOT_UTF8')
  })

  test('a second console: STORE_LOCKED, and the first goes on', async () => {
    const connection = await home.makeFilled()
    const first = await home.open({ connection })

    await expectRefused(connection, 'STORE_LOCKED')
    expect((await first.groups.add({ name: 'Acme' })).name).toBe('Acme')
    await first.close()
    expect(await (await home.open({ connection })).groups.list()).toHaveLength(1)
  })

  test('wrong facts about the server, each by what is wrong', async () => {
    const connection = await home.makeFilled()
    await home.server.run('postgres', `drop role if exists guest; create role guest login password 'only for tests'`)
    const empty = await home.server.makeDatabase()

    await expectRefused({ ...connection, password: new Secret('guessed') }, 'STORE_LOGIN_REFUSED')
    await expectRefused({ ...connection, password: undefined }, 'STORE_LOGIN_REFUSED')
    await expectRefused({ ...connection, database: 'nobody_made_it' }, 'STORE_NO_DATABASE')
    await expectRefused({ ...empty, user: 'guest' }, 'STORE_NOT_ALLOWED')
    await expectRefused({ ...connection, port: await freePort() }, 'STORE_UNREACHABLE')
    await expectRefused({ ...connection, tls: {} }, 'STORE_TLS_REFUSED')
    await expectRefused({ ...connection, host: 'db.example' }, 'STORE_TLS_NEEDED')
  })

  test('a password file that others can read: FILE_NOT_PRIVATE; one that is private is used', async () => {
    const { password, ...rest } = await home.makeFilled()
    const passwordFile = join(home.directory, 'password')
    writeFileSync(passwordFile, `${password?.reveal()}\n`, { mode: 0o644 })

    await expectRefused({ ...rest, passwordFile }, 'FILE_NOT_PRIVATE')
    const own = join(home.directory, 'own-password')
    writeFileSync(own, `${password?.reveal()}\n`, { mode: 0o600 })
    expect(await (await home.open({ connection: { ...rest, passwordFile: own } })).groups.list()).toEqual([])
  })

  test('a backup: STORE_BACKUP_ELSEWHERE; a text with NUL: STORE_TEXT_UNUSABLE, and work goes on', async () => {
    const store = await home.open({ connection: await home.makeFilled() })

    await expect(store.backup(join(home.directory, 'copy'))).rejects.toMatchObject({ code: 'STORE_BACKUP_ELSEWHERE' })
    await expect(store.groups.find('a\0b')).rejects.toMatchObject({ code: 'STORE_TEXT_UNUSABLE', status: 400 })
    expect(await store.groups.list()).toEqual([])
  })

  test.each([
    ['off', 'on'],
    ['local', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('a server that commits with synchronous_commit %s commits ours with %s', async (set, used) => {
    const connection = await home.makeFilled()
    await home.server.run('postgres', `alter database ${connection.database} set synchronous_commit = ${set}`)
    const pool = new BoundedPool({ connection, prepare: takeAlone })
    const client = await pool.connect()

    const { rows } = await client.query<{ synchronous_commit: string }>('show synchronous_commit', [])

    client.release()
    await pool.end()
    expect(rows).toEqual([{ synchronous_commit: used }])
  })
})
