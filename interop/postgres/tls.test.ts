/**
 * The connection to a PostgreSQL server with a certificate.
 *
 * @module
 */
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

describe.skipIf('missing' in findPostgres())('a PostgreSQL server with a certificate for localhost', () => {
  let home: PostgresHome
  let ca: string

  beforeAll(async () => {
    const authority = await makeTlsAuthority()
    const { cert, key } = await authority.issue(['localhost'])
    ca = authority.certificate
    const settings = ['ssl = on', "ssl_cert_file = '../server.pem'", "ssl_key_file = '../server.key'"]
    home = await PostgresHome.start({ settings, files: { 'server.pem': cert, 'server.key': key } })
  }, 60_000)
  afterAll(() => home.stop())

  test('is spoken to encrypted, on every connection, where its authority is trusted', async () => {
    const connection = { ...(await home.server.makeDatabase()), host: 'localhost', tls: { ca } }

    const store = await home.open({ connection })

    await Promise.all([store.groups.list(), store.groups.list(), store.groups.list()])
    const used = await home.server.run(
      connection.database,
      `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'sallygate console'`,
    )
    expect(used).toEqual([{ ssl: true }])
  })

  test('is not spoken to where its authority is not trusted, or under another name', async () => {
    const connection = await home.server.makeDatabase()
    const opening = (more: object) => home.open({ connection: { ...connection, ...more } })

    await expect(opening({ host: 'localhost', tls: {} })).rejects.toMatchObject({ code: 'STORE_TLS_REFUSED' })
    await expect(opening({ tls: { ca } })).rejects.toMatchObject({ code: 'STORE_TLS_REFUSED' })
  })
})
