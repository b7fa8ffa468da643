import { X509Certificate } from 'node:crypto'
import {
  LdapTree,
  ldapResult,
  startLdapServer,
  type LdapServer,
  type LdapServerOptions,
} from '@sallygate/protocol-ldap'
import { ServiceLife } from '@sallygate/service-kit'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { makeTlsAuthority, type TlsAuthority, type TlsServerIdentity } from '@sallygate/testkit/tls-server-identity'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DirectorySettingsInput } from '../contract.ts'
import { directoryService } from './index.ts'

const base = 'dc=example,dc=test'
const bindDn = `cn=reader,${base}`
const bindPassword = 'read-only'

let authority: TlsAuthority
let identity: TlsServerIdentity
const toStop: (() => Promise<void>)[] = []

beforeAll(async () => {
  authority = await makeTlsAuthority()
  identity = await authority.issue(['localhost'])
})
afterEach(async () => {
  for (const stop of toStop.splice(0)) await stop()
})
afterAll(() => {
  toStop.length = 0
})

function makeTree(users: number): LdapTree {
  const tree = new LdapTree()
  tree.add('', { supportedLDAPVersion: '3' })
  tree.add(base, { objectClass: ['top', 'domain'], dc: 'example' })
  tree.add(`ou=people,${base}`, { objectClass: 'organizationalUnit', ou: 'people' })
  tree.add(`ou=secret,${base}`, { objectClass: 'organizationalUnit', ou: 'secret' })
  for (let index = 0; index < users; index++) {
    const uid = `user${index}`
    tree.add(`uid=${uid},ou=people,${base}`, {
      objectClass: ['top', 'person', 'inetOrgPerson'],
      uid,
      cn: `User ${index}`,
      sn: 'Example',
      mail: `${uid}@example.test`,
      entryUUID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    })
  }
  tree.add(`uid=hidden,ou=secret,${base}`, {
    objectClass: 'inetOrgPerson',
    uid: 'hidden',
    entryUUID: '00000000-0000-4000-9000-000000000000',
  })
  tree.add(`cn=staff,${base}`, {
    objectClass: 'groupOfNames',
    cn: 'staff',
    member: [`uid=user0,ou=people,${base}`, `uid=user1,ou=people,${base}`],
    entryUUID: '00000000-0000-4000-a000-000000000000',
  })
  return tree
}

interface Office {
  readonly server: LdapServer
  readonly life: ServiceLife
}

async function openOffice(
  settings: Partial<DirectorySettingsInput> = {},
  options: Partial<LdapServerOptions> = {},
  users = 12,
): Promise<Office> {
  const tree = options.tree ?? makeTree(users)
  const server = await startLdapServer(
    {
      tree,
      tls: identity,
      authenticate: (name, password) =>
        (name === bindDn && password === bindPassword) || (tree.find(name) !== undefined && password === 'right')
          ? { result: ldapResult('success') }
          : { result: ldapResult('invalidCredentials') },
      ...options,
    },
    { host: '127.0.0.1', ldap: 0, ldaps: 0 },
  )
  const port = settings.encryption === undefined || settings.encryption === 'ldaps' ? server.ldapsPort : server.ldapPort
  const life = new ServiceLife(directoryService, testServiceHost({ addresses: { localhost: '127.0.0.1' } }))
  await life.configure({
    type: 'generic',
    servers: [{ host: 'localhost', port }],
    trust: authority.certificate,
    bindDn,
    bindPassword,
    baseDn: base,
    ...settings,
  })
  toStop.push(
    () => life.stop(),
    () => server.stop(),
  )
  return { server, life }
}

const search = (office: Office, params: object, context = testContext()) =>
  office.life.run('search', params, context) as Promise<{
    entries: { dn: string; id?: string; fields: Record<string, string[]> }[]
    more: boolean
    partial: boolean
    cursor?: string
  }>

const signIn = (office: Office, user: string, password: string, context = testContext()) =>
  office.life.run('authenticate', { user, password }, context)

describe.each(['ldaps', 'startTls', 'none'] as const)('over %s', (encryption) => {
  test('a user is found with the mapped fields and a stable id', async () => {
    const office = await openOffice({ encryption })

    const found = await search(office, { kind: 'users', match: { field: 'login', equals: 'user3' } })

    expect(found).toMatchObject({ more: false, partial: false })
    expect(found.entries).toEqual([
      {
        dn: `uid=user3,ou=people,${base}`,
        id: '00000000-0000-4000-8000-000000000003',
        kind: 'user',
        fields: { login: ['user3'], surname: ['Example'], mail: ['user3@example.test'] },
      },
    ])
  })

  test('the right password is accepted, the wrong one refused in words', async () => {
    const office = await openOffice({ encryption })

    expect(await signIn(office, 'user3', 'right')).toMatchObject({
      outcome: 'accepted',
      dn: `uid=user3,ou=people,${base}`,
    })
    expect(await signIn(office, 'user3', 'wrong')).toMatchObject({
      outcome: 'refused',
      reason: 'wrongPassword',
      logCode: 'LDAP 49',
    })
    expect(await signIn(office, 'OFFICE\\user3', 'right')).toMatchObject({ outcome: 'accepted' })
    expect(await signIn(office, 'nobody', 'x')).toMatchObject({ outcome: 'refused', reason: 'unknownUser' })
  })

  test('a check goes through every step', async () => {
    const office = await openOffice({ encryption })

    const rows = await office.life.check(testContext())

    expect(rows.filter(({ result }) => result === 'failed')).toEqual([])
    expect(rows.map(({ target }) => target.split(':')[0])).toEqual([
      'Name and policy',
      'TCP connection',
      ...{ ldaps: ['TLS certificate'], startTls: ['StartTLS', 'TLS certificate'], none: [] }[encryption],
      'Bind account',
      ...(encryption === 'none' ? ['Encryption'] : []),
      'Base DN',
      `One user below ${base}`,
      `One group below ${base}`,
    ])
  })
})

describe('before the wire', () => {
  test('an empty password is refused by name, and no server hears of it', async () => {
    const office = await openOffice()

    await expect(signIn(office, 'user3', '')).rejects.toMatchObject({ code: 'DIRECTORY_EMPTY_PASSWORD' })
    await expect(signIn(office, 'user3', '\0right')).rejects.toMatchObject({ code: 'SERVICE_PARAMETERS_INVALID' })
    expect(office.server.counts).toEqual({ binds: 0, searches: 0, connections: 0 })
  })

  test('settings that cannot be read are named at start', async () => {
    for (const [setting, value] of [
      ['userFilter', '(uid=*'],
      ['baseDn', 'people'],
      ['trust', 'a certificate'],
      ['bindPassword', undefined],
    ] as const) {
      const life = new ServiceLife(directoryService, testServiceHost())
      const state = await life.configure({
        servers: [{ host: 'x', port: 636 }],
        bindDn,
        bindPassword,
        baseDn: base,
        [setting]: value,
      })
      await life.stop()

      expect(state).toMatchObject({ kind: 'failed', code: 'DIRECTORY_SETTING_INVALID' })
      expect(state.kind === 'failed' && state.reason).toContain(setting)
    }
  })
})

describe('certificates', () => {
  const rowOf = async (office: Office) => {
    const rows = await office.life.check(testContext())
    return rows.find(({ target }) => target.startsWith('TLS certificate'))
  }

  test('a wrong name is named, and nothing is sent', async () => {
    const office = await openOffice({}, { tls: await authority.issue(['dc7.other.test']) })

    await expect(search(office, { kind: 'users' })).rejects.toMatchObject({
      code: 'DIRECTORY_TLS_WRONG_NAME',
      details: { asked: 'localhost', names: expect.stringContaining('dc7.other.test') },
    })
    expect(await rowOf(office)).toMatchObject({ result: 'failed', code: 'DIRECTORY_TLS_WRONG_NAME' })
    expect(office.server.counts.binds).toBe(0)
  })

  test('an expired one, and one of an unknown authority', async () => {
    const expired = await openOffice({}, { tls: await authority.issue(['localhost'], new Date('2020-01-01')) })
    expect(await rowOf(expired)).toMatchObject({ code: 'DIRECTORY_TLS_EXPIRED' })

    const stranger = await makeTlsAuthority()
    const untrusted = await openOffice({ trust: stranger.certificate })
    expect(await rowOf(untrusted)).toMatchObject({ code: 'DIRECTORY_TLS_UNTRUSTED' })

    const notOurs = await openOffice({}, {})
    await notOurs.life.configure({ servers: [{ host: 'localhost', port: notOurs.server.ldapsPort }], baseDn: base })
    expect(await rowOf(notOurs)).toMatchObject({ code: 'DIRECTORY_TLS_UNTRUSTED' })
    expect(untrusted.server.counts.binds + expired.server.counts.binds + notOurs.server.counts.binds).toBe(0)
  })

  test('a pinned one is believed whoever signed it and whatever its name; any other is not', async () => {
    const stranger = await makeTlsAuthority()
    const tls = await stranger.issue(['dc7.other.test'])
    const thumbprint = new X509Certificate(tls.cert).fingerprint256
    const pinned = await openOffice({ trust: undefined, certificatePins: [thumbprint] }, { tls })
    expect((await search(pinned, { kind: 'users' })).entries).toHaveLength(13)

    const other = await openOffice({ certificatePins: ['ab'.repeat(32)] })
    await expect(search(other, { kind: 'users' })).rejects.toMatchObject({
      code: 'DIRECTORY_TLS_NOT_PINNED',
      details: { thumbprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(other.server.counts.binds).toBe(0)

    const old = await stranger.issue(['localhost'], new Date('2020-01-01'))
    const expired = await openOffice({ certificatePins: [new X509Certificate(old.cert).fingerprint256] }, { tls: old })
    await expect(search(expired, { kind: 'users' })).rejects.toMatchObject({ code: 'DIRECTORY_TLS_EXPIRED' })
  })

  test('a port that does not speak TLS', async () => {
    const office = await openOffice()
    await office.life.configure({
      servers: [{ host: 'localhost', port: office.server.ldapPort }],
      baseDn: base,
      connectTimeoutMs: 500,
    })

    expect(await rowOf(office)).toMatchObject({ result: 'failed', code: 'DIRECTORY_TLS_FAILED' })
  })
})

describe('what may be seen', () => {
  const limits = { baseDns: [`ou=people,${base}`] }

  test('a base outside the settings or the policy is refused alike', async () => {
    const office = await openOffice()

    for (const [asked, context] of [
      ['dc=other,dc=test', testContext()],
      [`ou=secret,${base}`, testContext({ limits })],
      ['not a name', testContext()],
    ] as const) {
      await expect(search(office, { kind: 'users', base: asked }, context)).rejects.toMatchObject({
        code: 'DIRECTORY_BASE_NOT_ALLOWED',
      })
    }
  })

  test('a group that is limited searches only there, and signs in only who is there', async () => {
    const office = await openOffice()
    const context = () => testContext({ limits })

    const found = await search(office, { kind: 'users', match: { field: 'login', equals: 'hidden' } }, context())
    expect(found.entries).toEqual([])
    expect(await signIn(office, 'hidden', 'right', context())).toMatchObject({ reason: 'unknownUser' })
    await expect(signIn(office, `uid=hidden,ou=secret,${base}`, 'right', context())).rejects.toMatchObject({
      code: 'DIRECTORY_BASE_NOT_ALLOWED',
    })
    expect(await signIn(office, 'hidden', 'right')).toMatchObject({ outcome: 'accepted' })
  })

  test('two entries of one name sign nobody in', async () => {
    const tree = makeTree(2)
    tree.add(`uid=user1,ou=secret,${base}`, { objectClass: 'inetOrgPerson', uid: 'user1' })
    const office = await openOffice({}, { tree })

    await expect(signIn(office, 'user1', 'right')).rejects.toMatchObject({ code: 'DIRECTORY_AMBIGUOUS_USER' })
  })
})

describe('many entries', () => {
  test('all of 1,700 come in pages, past the limit of the server', async () => {
    const office = await openOffice({}, { sizeLimit: 1000 }, 1700)

    const found = await search(office, { kind: 'users', limit: 10_000, fields: ['login'] })

    expect(found.entries.length).toBe(1701)
    expect(found).toMatchObject({ more: false, partial: false })
  })

  test('a cursor goes on where the answer ended, once, for the same question', async () => {
    const office = await openOffice({}, {}, 25)
    const question = { kind: 'users', limit: 10, fields: ['login'] }

    const first = await search(office, question)
    const second = await search(office, { ...question, cursor: first.cursor })
    const third = await search(office, { ...question, cursor: second.cursor })
    const logins = [...first.entries, ...second.entries, ...third.entries].map(({ fields }) => fields['login']?.[0])

    expect(new Set(logins).size).toBe(26)
    expect(third).toMatchObject({ more: false })
    expect(third.cursor).toBeUndefined()
    await expect(search(office, { ...question, cursor: first.cursor })).rejects.toMatchObject({
      code: 'DIRECTORY_CURSOR_GONE',
    })
    const again = await search(office, question)
    await expect(
      search(office, { ...question, cursor: again.cursor }, testContext({ actingGroup: 'f'.repeat(32) })),
    ).rejects.toMatchObject({ code: 'DIRECTORY_CURSOR_GONE' })
  })

  test('a cap on entries leaves what came, marked as partial', async () => {
    const office = await openOffice({ maxEntries: 20 }, {}, 50)

    const found = await search(office, { kind: 'users', limit: 10_000 })

    expect(found.entries.length).toBe(20)
    expect(found.more).toBe(true)
  })
})

describe('connections', () => {
  test('searches share one, binds of users get their own', async () => {
    const office = await openOffice()

    for (let turn = 0; turn < 5; turn++) await search(office, { kind: 'users' })
    expect(office.server.counts).toMatchObject({ connections: 1, binds: 1 })

    await signIn(office, `uid=user1,ou=people,${base}`, 'right')
    expect(office.server.counts).toMatchObject({ connections: 2, binds: 2 })
  })

  test('a server that closed an idle connection costs no request', async () => {
    const office = await openOffice()
    await search(office, { kind: 'users' })
    const port = office.server.ldapsPort as number
    await office.server.stop()
    const second = await startLdapServer(
      { tree: makeTree(3), tls: identity, authenticate: () => ({ result: ldapResult('success') }) },
      { host: '127.0.0.1', ldaps: port },
    )
    toStop.push(() => second.stop())

    const found = await search(office, { kind: 'users' })

    expect(found.entries.length).toBe(4)
  })

  test('many at once wait their turn and none is lost', async () => {
    const office = await openOffice()

    const all = await Promise.all(Array.from({ length: 40 }, () => search(office, { kind: 'users', limit: 1000 })))

    expect(all.every(({ entries }) => entries.length === 13)).toBe(true)
    expect(office.server.counts.connections).toBeLessThanOrEqual(4)
  })

  test('a trace names each step with its time', async () => {
    const office = await openOffice()
    const context = testContext()

    await search(office, { kind: 'users' }, context)

    expect(context.trace.spans.map(({ name }) => name)).toEqual(['dns', 'tcp', 'tls', 'bind', 'search'])
    expect(JSON.stringify(context.trace.spans)).not.toContain(bindPassword)
  })
})
