/**
 * The directory service against OpenLDAP's slapd.
 *
 * @module
 */
import { Client, InvalidCredentialsError } from 'ldapts'
import { directoryService } from '@sallygate/service-directory/agent'
import { ServiceLife } from '@sallygate/service-kit'
import { missingProgram } from '@sallygate/testkit/peers'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { slapdBase, slapdPassword, slapdReader, startSlapd, type Slapd } from './slapd.ts'

const missing = missingProgram('slapd', 'Debian package slapd')
if (missing !== undefined) console.log(`skipped: interop with OpenLDAP, ${missing}`)

describe.skipIf(missing !== undefined)('OpenLDAP', () => {
  let slapd: Slapd
  const lives: ServiceLife[] = []

  beforeAll(async () => {
    slapd = await startSlapd(2500)
    console.log(`OpenLDAP ${slapd.version}`)
  }, 60_000)
  afterAll(() => slapd.stop())
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.stop()
  })

  async function connect(settings: Record<string, unknown> = {}): Promise<ServiceLife> {
    const life = new ServiceLife(
      directoryService,
      testServiceHost({ addresses: { localhost: '127.0.0.1', wrong: '127.0.0.1' } }),
    )
    lives.push(life)
    const isLdaps = settings['encryption'] === undefined || settings['encryption'] === 'ldaps'
    const state = await life.configure({
      type: 'generic',
      servers: [{ host: 'localhost', port: isLdaps ? slapd.ldapsPort : slapd.ldapPort }],
      trust: slapd.authority,
      bindDn: slapdReader.dn,
      bindPassword: slapdReader.password,
      baseDn: slapdBase,
      ...settings,
    })
    expect(state).toEqual({ kind: 'healthy' })
    return life
  }
  const search = (life: ServiceLife, params: object) =>
    life.run('search', { kind: 'users', ...params }, testContext()) as Promise<{
      entries: { dn: string; id?: string; fields: Record<string, string[]> }[]
      more: boolean
      partial: boolean
    }>
  const signIn = (life: ServiceLife, user: string, password: string = slapdPassword) =>
    life.run('authenticate', { user, password }, testContext())

  test.each(['ldaps', 'startTls'])('%s: every row of the check is well', async (encryption) => {
    const rows = await (await connect({ encryption })).check(testContext())

    expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
    expect(rows.length).toBeGreaterThanOrEqual(7)
  })

  test('a password on a plain connection is refused by the server, and said so', async () => {
    const rows = await (await connect({ encryption: 'none' })).check(testContext())

    expect(rows.find(({ target }) => target.startsWith('Bind account'))).toMatchObject({
      result: 'failed',
      code: 'DIRECTORY_CONFIDENTIALITY_REQUIRED',
    })
  })

  test('2,500 people come through a size limit of 1,000, whole', async () => {
    const found = await search(await connect(), { match: { field: 'login', startsWith: 'u' }, limit: 10_000 })

    expect(found).toMatchObject({ more: false, partial: false })
    expect(new Set(found.entries.map(({ id }) => id)).size).toBe(2500)
  })

  test('a group of 2,500 has all its members', async () => {
    const found = await search(await connect(), { kind: 'groups', match: { field: 'name', equals: 'all' } })

    expect(found.entries[0]?.fields['member']?.length).toBe(2500)
  })

  test('signs are found as what they are', async () => {
    const life = await connect()

    for (const match of [
      { field: 'displayName', equals: "Zoë (O'Brien) * \\ 5" },
      { field: 'displayName', contains: '(O' },
      { field: 'displayName', contains: ' * ' },
      { field: 'displayName', startsWith: 'Zoë' },
      { field: 'displayName', endsWith: '\\ 5' },
    ]) {
      const { entries } = await search(life, { match })
      expect(
        entries.map(({ dn }) => dn),
        JSON.stringify(match),
      ).toEqual([`uid=o.brien,ou=people,${slapdBase}`])
    }
    expect((await search(life, { match: { field: 'login', equals: '*' } })).entries).toEqual([])
  })

  test('an entry is found again by its identifier', async () => {
    const life = await connect()
    const [person] = (await search(life, { match: { field: 'login', equals: 'u00007' } })).entries

    const again = await search(life, { match: { field: 'id', equals: person?.id } })

    expect(person?.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(again.entries[0]?.dn).toBe(`uid=u00007,ou=people,${slapdBase}`)
  })

  describe('signing in', () => {
    test('with the right password, by name and by DN', async () => {
      const life = await connect()

      expect(await signIn(life, 'u00001')).toMatchObject({ outcome: 'accepted' })
      expect(await signIn(life, `uid=u00001,ou=people,${slapdBase}`)).toMatchObject({ outcome: 'accepted' })
      expect(await signIn(life, 'U00001')).toMatchObject({ outcome: 'accepted' })
    })

    test.each([
      ['u00001', 'wrong', 'wrongPassword', 'LDAP 49'],
      ['nobody', slapdPassword, 'unknownUser', 'not found'],
      ['always.locked', slapdPassword, 'lockedOut', 'ppolicy accountLocked'],
      ['long.expired', slapdPassword, 'passwordExpired', 'ppolicy passwordExpired'],
      ['must.change', slapdPassword, 'mustChangePassword', 'ppolicy changeAfterReset'],
    ])('%s with "%s" is refused as %s', async (user, password, reason, logCode) => {
      expect(await signIn(await connect(), user, password)).toMatchObject({ outcome: 'refused', reason, logCode })
    })

    test('three wrong passwords lock the account: each attempt is sent once, no more', async () => {
      const life = await connect()

      for (let attempt = 0; attempt < 3; attempt++) {
        expect(await signIn(life, 'u00003', 'wrong')).toMatchObject({ reason: 'wrongPassword' })
      }
      expect(await signIn(life, 'u00003')).toMatchObject({ outcome: 'refused', reason: 'lockedOut' })
      expect(await signIn(life, 'u00002', 'wrong')).toMatchObject({ reason: 'wrongPassword' })
      expect(await signIn(life, 'u00002')).toMatchObject({ outcome: 'accepted' })
    })
  })

  describe('what is wrong is named', () => {
    test.each([
      ['DIRECTORY_BIND_REFUSED', { bindPassword: 'wrong' }],
      ['DIRECTORY_BIND_REFUSED', { bindDn: `cn=nobody,${slapdBase}` }],
      ['DIRECTORY_NO_SUCH_BASE', { baseDn: `ou=nowhere,${slapdBase}` }],
    ])('%s for %o', async (code, settings) => {
      await expect(search(await connect(settings), {})).rejects.toMatchObject({ code })
    })

    test('StartTLS on the port of LDAPS: nothing is sent, and the words fit', async () => {
      const servers = [{ host: 'localhost', port: slapd.ldapsPort }]
      const life = await connect({ encryption: 'startTls', servers, connectTimeoutMs: 1000 })

      await expect(search(life, {})).rejects.toMatchObject({
        code: 'DIRECTORY_CLEAR_NOT_ANSWERED',
        fix: expect.stringContaining('choose LDAPS'),
      })
    })

    test('certificates', async () => {
      const stranger = await makeTlsAuthority()
      const untrusted = await connect({ trust: stranger.certificate })
      const wrongName = await connect({ servers: [{ host: 'wrong', port: slapd.ldapsPort }] })
      const named = await connect({ servers: [{ host: 'wrong', port: slapd.ldapsPort, certificateName: 'localhost' }] })

      await expect(search(untrusted, {})).rejects.toMatchObject({ code: 'DIRECTORY_TLS_UNTRUSTED' })
      await expect(search(wrongName, {})).rejects.toMatchObject({
        code: 'DIRECTORY_TLS_WRONG_NAME',
        details: { asked: 'wrong', names: expect.stringContaining('localhost') },
      })
      expect((await search(named, { limit: 1 })).entries.length).toBe(1)
    })

    test('a reader without rights finds nothing and is told where to look', async () => {
      const life = await connect({ bindDn: `uid=u00004,ou=people,${slapdBase}`, bindPassword: slapdPassword })
      const rows = await life.check(testContext())

      expect(rows.find(({ target }) => target.startsWith('Base DN'))).toMatchObject({
        result: 'failed',
        code: 'DIRECTORY_NO_SUCH_BASE',
        fix: expect.stringContaining('rights of the bind account'),
      })
    })
  })

  test('an independent client agrees about who may sign in', async () => {
    const client = new Client({
      url: `ldaps://localhost:${slapd.ldapsPort}`,
      tlsOptions: { ca: slapd.authority },
      connectTimeout: 3000,
      timeout: 3000,
    })
    try {
      await client.bind(`uid=u00001,ou=people,${slapdBase}`, slapdPassword)
      await expect(client.bind(`uid=u00001,ou=people,${slapdBase}`, 'wrong')).rejects.toBeInstanceOf(
        InvalidCredentialsError,
      )
    } finally {
      await client.unbind()
    }
  })
})
