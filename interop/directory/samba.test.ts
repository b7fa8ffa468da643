/**
 * The directory service against a Samba Active Directory domain controller.
 *
 * @module
 */
import { Attribute, Change, Client } from 'ldapts'
import { directoryService } from '@sallygate/service-directory/agent'
import { ServiceLife } from '@sallygate/service-kit'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  expiredUser,
  missingForSamba,
  sambaAdmin,
  sambaBase,
  sambaDomain,
  sambaHost,
  sambaPassword,
  startSamba,
  type Samba,
} from './samba.ts'

const missing = missingForSamba()
if (missing !== undefined) console.log(`skipped: interop with Samba Active Directory, ${missing}`)

const people = 1600
const userDn = (name: string) => `CN=${name},CN=Users,${sambaBase}`

describe.skipIf(missing !== undefined)('Samba Active Directory', () => {
  let samba: Samba
  /** An independent client, for what an administrator would do. */
  let admin: Client
  const lives: ServiceLife[] = []

  beforeAll(async () => {
    samba = await startSamba(people)
    console.log(`Samba ${samba.version}`)
    admin = new Client({
      url: `ldaps://${samba.address}:636`,
      tlsOptions: { ca: samba.authority, servername: sambaHost },
      timeout: 10_000,
      connectTimeout: 3000,
    })
    await admin.bind(sambaAdmin.name, sambaAdmin.password)
    await setPolicy()
    await addUser('alice', { givenName: 'Alice', sn: "Zoë (O'Brien) *", userPrincipalName: 'alice@corp.test' })
    await addUser('bob', { userAccountControl: '514' })
    await addUser('carol', { pwdLastSet: '0' })
    await addUser('dave', { accountExpires: '130000000000000000' })
    await addUser('erin', {})
    await addUser('frank', {})
  }, 300_000)
  afterAll(async () => {
    await admin?.unbind()
    await samba?.stop()
  })
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.stop()
  })

  async function setPolicy(): Promise<void> {
    const policy = { lockoutThreshold: '3', maxPwdAge: String(-2 * 24 * 3600 * 10_000_000) }
    for (const [type, value] of Object.entries(policy)) {
      const modification = new Attribute({ type, values: [value] })
      await admin.modify(sambaBase, new Change({ operation: 'replace', modification }))
    }
  }

  async function addUser(name: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    await admin.add(userDn(name), [
      new Attribute({ type: 'objectClass', values: ['user'] }),
      new Attribute({ type: 'sAMAccountName', values: [name] }),
      new Attribute({ type: 'unicodePwd', values: [Buffer.from(`"${sambaPassword}"`, 'utf16le')] }),
      ...Object.entries({ userAccountControl: '512', ...attributes }).map(
        ([type, value]) => new Attribute({ type, values: [value] }),
      ),
    ])
  }

  async function connect(settings: Record<string, unknown> = {}): Promise<ServiceLife> {
    const addresses = { [sambaHost]: samba.address, 'dc2.corp.test': samba.address }
    const life = new ServiceLife(directoryService, testServiceHost({ addresses }))
    lives.push(life)
    const isLdaps = settings['encryption'] === undefined || settings['encryption'] === 'ldaps'
    const state = await life.configure({
      type: 'activeDirectory',
      servers: [{ host: sambaHost, port: isLdaps ? 636 : 389 }],
      trust: samba.authority,
      bindDn: sambaAdmin.name,
      bindPassword: sambaAdmin.password,
      baseDn: sambaBase,
      ...settings,
    })
    expect(state).toEqual({ kind: 'healthy' })
    return life
  }
  const search = (life: ServiceLife, params: object) =>
    life.run('search', { kind: 'users', ...params }, testContext()) as Promise<{
      entries: { dn: string; id?: string; isEnabled?: boolean; fields: Record<string, string[]> }[]
      more: boolean
      partial: boolean
      referralsNotFollowed: number
    }>
  const signIn = (life: ServiceLife, user: string, password: string = sambaPassword, limits = {}) =>
    life.run('authenticate', { user, password }, testContext({ limits }))

  test.each(['ldaps', 'startTls'])('%s: every row of the check is well', async (encryption) => {
    const rows = await (await connect({ encryption })).check(testContext())

    expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
  })

  test('a password on a plain connection is refused by the server, and said so', async () => {
    const life = await connect({ encryption: 'none' })
    const code = 'DIRECTORY_STRONGER_AUTH_REQUIRED'

    await expect(search(life, {})).rejects.toMatchObject({ code })
    await expect(signIn(life, 'alice@corp.test')).rejects.toMatchObject({ code })
  })

  test(`${people} people come in pages; referrals are counted and not followed`, async () => {
    const found = await search(await connect(), { match: { field: 'login', startsWith: 'crowd' }, limit: 10_000 })

    expect(found).toMatchObject({ more: false, partial: false })
    expect(new Set(found.entries.map(({ id }) => id)).size).toBe(people)
    expect(found.referralsNotFollowed).toBeGreaterThan(0)
  })

  test('a group has all its members, though the server gives them in ranges', async () => {
    const found = await search(await connect(), { kind: 'groups', match: { field: 'name', equals: 'crowd' } })

    expect(new Set(found.entries[0]?.fields['member']).size).toBe(people)
    expect(found.partial).toBe(false)
  })

  test('a person with a stable id is found again by it, bytes above 0x7f included', async () => {
    const life = await connect()
    const { entries } = await search(life, { match: { field: 'login', startsWith: 'crowd0000' } })
    const ids = entries.map(({ id }) => id as string)

    expect(ids.some((id) => /[89a-f][0-9a-f]/.test(id))).toBe(true)
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
      expect((await search(life, { match: { field: 'id', equals: id } })).entries.length).toBe(1)
    }
  })

  test('the canonical form of an id is the one the server itself understands', async () => {
    const { entries } = await search(await connect(), { match: { field: 'login', equals: 'alice' } })

    const byGuid = await admin.search(`<GUID=${entries[0]?.id}>`, { scope: 'base', attributes: ['sAMAccountName'] })

    expect(byGuid.searchEntries[0]?.['sAMAccountName']).toBe('alice')
  })

  test('disabled accounts show as disabled', async () => {
    const { entries } = await search(await connect(), { match: { field: 'login', anyOf: ['alice', 'bob'] } })

    expect(Object.fromEntries(entries.map(({ fields, isEnabled }) => [fields['login']?.[0], isEnabled]))).toEqual({
      alice: true,
      bob: false,
    })
  })

  test('computers are no people, and signs are found as what they are', async () => {
    const life = await connect()

    expect((await search(life, { match: { field: 'login', equals: 'DC1$' } })).entries).toEqual([])
    expect((await search(life, { match: { field: 'surname', equals: "Zoë (O'Brien) *" } })).entries.length).toBe(1)
  })

  describe('signing in', () => {
    test.each(['alice@corp.test', `${sambaDomain}\\alice`, userDn('alice'), 'alice'])('as %s', async (user) => {
      expect(await signIn(await connect(), user)).toMatchObject({ outcome: 'accepted', says: 'Signed in.' })
    })

    test.each([
      ['alice', 'wrong', 'wrongPassword', 'AD 52e'],
      ['bob', sambaPassword, 'disabled', 'AD 533'],
      ['carol', sambaPassword, 'mustChangePassword', 'AD 773'],
      ['dave', sambaPassword, 'accountExpired', 'AD 701'],
      [expiredUser, sambaPassword, 'passwordExpired', 'AD 532'],
    ])('%s with "%s": %s', async (user, password, reason, logCode) => {
      const life = await connect()

      expect(await signIn(life, `${user}@corp.test`, password)).toMatchObject({ outcome: 'refused', reason, logCode })
    })

    test('a name nobody has: Samba calls it a wrong password, and so does the screen', async () => {
      const life = await connect()
      const says = 'The user name or the password is wrong.'

      expect(await signIn(life, 'nobody@corp.test')).toMatchObject({ outcome: 'refused', says })
      expect(await signIn(life, 'nobody')).toMatchObject({ outcome: 'refused', reason: 'unknownUser', says })
    })

    test('three wrong passwords lock the account', async () => {
      const life = await connect()

      for (let attempt = 0; attempt < 3; attempt++) {
        expect(await signIn(life, 'erin@corp.test', 'wrong')).toMatchObject({ reason: 'wrongPassword' })
      }
      expect(await signIn(life, 'erin@corp.test')).toMatchObject({ reason: 'lockedOut', logCode: 'AD 775' })
    })

    test('one wrong password counts once, an empty one and a refused base not at all', async () => {
      const life = await connect()
      const counted = async () => {
        const { searchEntries } = await admin.search(userDn('frank'), { scope: 'base', attributes: ['badPwdCount'] })
        return Number(searchEntries[0]?.['badPwdCount'])
      }

      await expect(signIn(life, 'frank@corp.test', '')).rejects.toMatchObject({ code: 'DIRECTORY_EMPTY_PASSWORD' })
      await expect(
        signIn(life, userDn('frank'), 'wrong', { baseDns: [`OU=Elsewhere,${sambaBase}`] }),
      ).rejects.toMatchObject({ code: 'DIRECTORY_BASE_NOT_ALLOWED' })
      expect(await counted()).toBe(0)
      await signIn(life, 'frank@corp.test', 'wrong')
      expect(await counted()).toBe(1)
    })

    test('a group limited to a part of the tree signs in only who is there', async () => {
      const life = await connect()
      const here = { baseDns: [`CN=Users,${sambaBase}`] }
      const elsewhere = { baseDns: [`CN=Computers,${sambaBase}`] }

      expect(await signIn(life, 'alice@corp.test', sambaPassword, here)).toMatchObject({ outcome: 'accepted' })
      expect(await signIn(life, 'alice@corp.test', sambaPassword, elsewhere)).toMatchObject({ reason: 'unknownUser' })
    })
  })

  describe('what is wrong is named', () => {
    test('a bind account that is refused, with the reason', async () => {
      const life = await connect({ bindDn: 'bob@corp.test', bindPassword: sambaPassword })

      await expect(search(life, {})).rejects.toMatchObject({
        code: 'DIRECTORY_BIND_REFUSED',
        details: { reason: 'disabled', code: 'AD 533' },
      })
    })

    test('an anonymous look-up, and a base that is not there', async () => {
      const anonymous = await connect({ bindDn: undefined, bindPassword: undefined })
      const nowhere = await connect({ baseDn: `OU=Nowhere,${sambaBase}` })

      await expect(search(anonymous, {})).rejects.toMatchObject({ code: 'DIRECTORY_NOT_ALLOWED_BY_SERVER' })
      await expect(search(nowhere, {})).rejects.toMatchObject({ code: 'DIRECTORY_NO_SUCH_BASE' })
    })

    test('certificates', async () => {
      const stranger = await makeTlsAuthority()
      const untrusted = await connect({ trust: stranger.certificate })
      const wrongName = await connect({ servers: [{ host: 'dc2.corp.test', port: 636 }] })

      await expect(signIn(untrusted, 'alice@corp.test')).rejects.toMatchObject({ code: 'DIRECTORY_TLS_UNTRUSTED' })
      await expect(signIn(wrongName, 'alice@corp.test')).rejects.toMatchObject({
        code: 'DIRECTORY_TLS_WRONG_NAME',
        details: { names: `DNS:${sambaHost}` },
      })
    })

    test('a base in another domain is refused before the server is asked', async () => {
      const life = await connect()

      await expect(search(life, { base: 'DC=other,DC=test' })).rejects.toMatchObject({
        code: 'DIRECTORY_BASE_NOT_ALLOWED',
      })
    })
  })
})
