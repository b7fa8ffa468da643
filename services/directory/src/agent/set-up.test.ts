/**
 * Setting up a directory: bases, preview, servers, status, against a directory in memory.
 *
 * @module
 */
import fc from 'fast-check'
import { LdapTree, ldapResult, startLdapServer, type Filter, type LdapServer } from '@sallygate/protocol-ldap'
import { ServiceLife, type LocatedHost } from '@sallygate/service-kit'
import { success } from '@sallygate/testkit/hostile-directory'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import type { BasesResult, PreviewResult, ServersResult, StatusResult } from '../contract.ts'
import { directoryService } from './index.ts'
import { onSearch, open, stopAll, stops } from './testing/hostile.ts'

afterEach(stopAll)

const base = 'dc=example,dc=test'
const bind = { bindDn: `cn=reader,${base}`, bindPassword: 'read-only' }

function tree(): LdapTree {
  const made = new LdapTree()
  made.add('', { namingContexts: [base, 'cn=config'], objectClass: 'top', supportedLDAPVersion: '3' })
  made.add(base, { objectClass: ['top', 'domain'], dc: 'example' })
  for (const ou of ['people', 'groups']) made.add(`ou=${ou},${base}`, { objectClass: 'organizationalUnit', ou })
  made.add(`cn=box,${base}`, { objectClass: 'container', cn: 'box' })
  made.add(`uid=ada,ou=people,${base}`, {
    objectClass: ['top', 'person', 'inetOrgPerson'],
    uid: 'ada',
    cn: 'Ada',
    sn: 'Lovelace',
    mail: 'ada@example.test',
    employeeType: 'retired',
    costCenter: '4711',
    jpegPhoto: Buffer.from([0xff, 0xd8, 0, 1]),
    userPassword: '{SSHA}planted-hash-4471',
    entryUUID: '00000000-0000-4000-8000-000000000001',
  })
  made.add(`cn=root,${base}`, { objectClass: ['person'], cn: 'root' })
  const group = (cn: string, ...members: readonly string[]) =>
    made.add(`cn=${cn},ou=groups,${base}`, { objectClass: 'groupOfNames', cn, member: members })
  const dn = (cn: string) => `cn=${cn},ou=groups,${base}`
  group('inner', `uid=ada,ou=people,${base}`)
  // Three levels, and the outermost is a member of the first: a cycle.
  group('middle', dn('inner'))
  group('outer', dn('middle'))
  group('inner', `uid=ada,ou=people,${base}`, dn('outer'))
  group('other', `cn=root,${base}`)
  return made
}

async function openOffice(settings: object | null = {}, locate: (name: string) => readonly LocatedHost[] = () => []) {
  const server = await startLdapServer(
    {
      tree: tree(),
      authenticate: (name, password) =>
        name === bind.bindDn && password === bind.bindPassword
          ? { result: ldapResult('success') }
          : { result: ldapResult('invalidCredentials') },
    },
    { host: '127.0.0.1', ldap: 0 },
  )
  const life = new ServiceLife(directoryService, testServiceHost({ locate: async (name) => locate(name) }))
  const connection = { type: 'generic', servers: [serverOf(server)], encryption: 'none', ...bind }
  if (settings !== null) await life.configure({ ...connection, baseDn: base, ...settings })
  stops.push(
    () => server.stop(),
    () => life.stop(),
  )
  const run = async <T>(operation: string, params: object = {}, context = testContext()) =>
    (await life.run(operation, params, context)) as T
  return { server, life, connection, run }
}

const serverOf = ({ ldapPort }: LdapServer) => ({ host: '127.0.0.1', port: ldapPort as number })
const preview = (office: Awaited<ReturnType<typeof openOffice>>, params: object, context = testContext()) =>
  office.run<PreviewResult>('preview', params, context)

describe('bases', () => {
  test('are the naming contexts, and then what lies below one, people left out', async () => {
    const office = await openOffice()

    expect(await office.run<BasesResult>('bases')).toMatchObject({
      bases: [
        { dn: base, kind: 'context' },
        { dn: 'cn=config', kind: 'context' },
      ],
      more: false,
    })
    expect(await office.run<BasesResult>('bases', { below: base })).toMatchObject({
      bases: [
        { dn: `cn=box,${base}`, kind: 'container' },
        { dn: `ou=groups,${base}`, kind: 'organizationalUnit' },
        { dn: `ou=people,${base}`, kind: 'organizationalUnit' },
      ],
      more: false,
    })
    expect(await office.run<BasesResult>('bases', { below: base, limit: 2 })).toMatchObject({ more: true })
  })

  test('can be asked before the service is on, with settings nobody has saved, and nothing of them stays', async () => {
    const office = await openOffice(null)

    expect(await office.run<BasesResult>('bases', { settings: office.connection })).toMatchObject({ more: false })
    expect(office.life.state()).toEqual({ kind: 'off' })
    await expect(office.run('bases')).rejects.toMatchObject({ code: 'SERVICE_NOT_ENABLED' })
    await expect(office.run('search', { kind: 'users' })).rejects.toMatchObject({ code: 'SERVICE_NOT_ENABLED' })
  })

  test('a group that policy limits sees its own bases, and asks below those only', async () => {
    const office = await openOffice()
    const context = () => testContext({ limits: { baseDns: [`ou=people,${base}`] } })

    const found = await office.run<BasesResult>('bases', {}, context())
    expect(found).toMatchObject({ bases: [{ dn: `ou=people,${base}` }], suggested: `ou=people,${base}` })
    for (const below of [base, 'nonsense', `ou=groups,${base}`]) {
      await expect(office.run('bases', { below }, context())).rejects.toMatchObject({
        code: 'DIRECTORY_BASE_NOT_ALLOWED',
      })
    }
  })

  test('wrong unsaved settings say what is wrong, and the service in force stays well', async () => {
    const office = await openOffice()

    for (const [wrong, code] of [
      [{ bindPassword: 'other' }, 'DIRECTORY_BIND_REFUSED'],
      [{ userFilter: '(uid=*' }, 'DIRECTORY_SETTING_INVALID'],
      [{ servers: [{ host: '127.0.0.1', port: 1 }] }, 'DIRECTORY_UNREACHABLE'],
    ] as const) {
      await expect(office.run('bases', { settings: { ...office.connection, ...wrong } })).rejects.toMatchObject({
        code,
      })
    }
    expect(office.life.state()).toEqual({ kind: 'healthy' })
  })
})

describe('a preview', () => {
  const settings = {
    customAttributes: { costCenter: 'costCenter' },
    disabledRule: { kind: 'value', attribute: 'employeeType', value: 'Retired' },
  }

  test.each(['ada', 'ada@example.test', `UID=Ada, OU=people,${base}`, 'OFFICE\\ada'])(
    'of "%s" shows every field with its attribute, and what the rule says',
    async (entry) => {
      const found = await preview(await openOffice(settings), { entry })

      expect(found).toMatchObject({
        dn: `uid=ada,ou=people,${base}`,
        identifier: { attribute: 'entryUUID', value: '00000000-0000-4000-8000-000000000001' },
        isCounted: true,
        disabled: { isDisabled: true, because: 'employeeType is retired; disabled is "Retired".' },
        moreGroups: false,
      })
      expect(found.fields).toContainEqual({
        field: 'surname',
        attribute: 'sn',
        isCustom: false,
        values: ['Lovelace'],
        more: false,
      })
      expect(found.fields).toContainEqual({
        field: 'costCenter',
        attribute: 'costCenter',
        isCustom: true,
        values: ['4711'],
        more: false,
      })
    },
  )

  test('has the groups of groups, through a cycle, and says which name the user', async () => {
    const office = await openOffice()
    const names = async (transitive: string) => {
      const draft = { ...office.connection, baseDn: base, membership: { transitive } }
      const { groups } = await preview(office, { entry: 'ada', settings: draft })
      return groups.map(({ name, isDirect }) => [name, isDirect])
    }

    expect(await names('walk')).toEqual([
      ['inner', true],
      ['middle', false],
      ['outer', false],
    ])
    expect(await names('none')).toEqual([['inner', true]])
  })

  test('shows raw attributes, binary ones as hex, and no password', async () => {
    const found = await preview(await openOffice(), { entry: 'ada' })

    const photo = { attribute: 'jpegPhoto', count: 1, isBinary: true, values: ['ffd80001'], isCut: false }
    expect(found.attributes).toContainEqual(photo)
    expect(JSON.stringify(found)).not.toMatch(/planted-hash|userPassword/)
  })

  test('says when an entry is there and would not be counted', async () => {
    const office = await openOffice()

    expect(await preview(office, { entry: `cn=root,${base}` })).toMatchObject({ isCounted: false })
    expect(await preview(office, { entry: 'staff', kind: 'groups' }).catch(({ code }) => code)).toBe(
      'DIRECTORY_ENTRY_NOT_FOUND',
    )
    expect(await preview(office, { entry: 'outer', kind: 'groups' })).toMatchObject({ isCounted: true, groups: [] })
  })

  test('what policy keeps from the group looks absent', async () => {
    const office = await openOffice()
    const context = () => testContext({ limits: { baseDns: [`ou=groups,${base}`] } })

    for (const entry of ['ada', `uid=ada,ou=people,${base}`, 'nobody', `uid=nobody,${base}`]) {
      await expect(preview(office, { entry }, context())).rejects.toMatchObject({ code: 'DIRECTORY_ENTRY_NOT_FOUND' })
    }
    const groups = testContext({ limits: { baseDns: [`ou=people,${base}`] } })
    expect((await preview(office, { entry: 'ada' }, groups)).groups).toEqual([])
  })

  test('T47: whatever is typed is one value', async () => {
    const seen: Filter[] = []
    const { life } = await open(
      onSearch((reply) => {
        const { operation } = reply.request
        if (operation.kind === 'searchRequest') seen.push(operation.filter)
        reply.send(success)
      }),
    )
    const anyText = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .filter((text) => text.isWellFormed() && !/[\0=\\]/.test(text))

    for (const entry of [...fc.sample(anyText, 300), '*', '(uid=*)', ')(objectClass=*', 'ä*(', '\u202e']) {
      seen.length = 0
      await expect(life.run('preview', { entry }, testContext())).rejects.toMatchObject({
        code: 'DIRECTORY_ENTRY_NOT_FOUND',
      })
      const value = Buffer.from(entry, 'utf8')
      expect(seen).toEqual([
        {
          kind: 'and',
          filters: [
            { kind: 'equal', attribute: 'objectClass', value: Buffer.from('inetOrgPerson') },
            {
              kind: 'or',
              filters: [
                { kind: 'equal', attribute: 'uid', value },
                { kind: 'equal', attribute: 'mail', value },
              ],
            },
          ],
        },
      ])
    }
  })
})

test('servers are named in the order they are tried, with what DNS said', async () => {
  const names: Readonly<Record<string, readonly LocatedHost[]>> = {
    '_ldap._tcp.example.test': [{ host: 'ldap2.example.test', port: 389, priority: 10, weight: 5 }],
  }
  const discovery = { kind: 'srv', domain: 'example.test' }
  const office = await openOffice({ discovery }, (name) => names[name] ?? [])

  const found = await office.run<ServersResult>('servers')

  expect(found.questions).toEqual([{ name: '_ldap._tcp.example.test', servers: 1 }])
  expect(found.servers.map(({ server, from }) => [server, from])).toEqual([
    [`127.0.0.1:${office.server.ldapPort}`, 'byHand'],
    ['ldap2.example.test:389', 'domain'],
  ])
})

test('the status says which server is in use, and counts what was asked', async () => {
  const office = await openOffice()
  expect(await office.run<StatusResult>('status')).toMatchObject({ servers: [{ standing: 'untried' }] })

  await office.run('search', { kind: 'users' })
  await office.run('authenticate', { user: 'ada', password: 'wrong' })

  const status = await office.run<StatusResult>('status')
  expect(status).toMatchObject({
    inUse: { server: `127.0.0.1:${office.server.ldapPort}`, isPreferred: true },
    servers: [{ standing: 'good', connections: 1, failures: 0 }],
    pool: { open: 1, idle: 1, most: 4, waiting: 0 },
    signIns: { accepted: 0, refused: 1, unknown: 0, failed: 0 },
    lookUps: { done: 1, failed: 0 },
  })
  await office.server.stop()
  await office.run('search', { kind: 'users' }).catch(() => undefined)
  expect(await office.run<StatusResult>('status')).toMatchObject({
    servers: [{ standing: 'resting', failure: { code: 'DIRECTORY_UNREACHABLE' } }],
    lastFailure: { code: 'DIRECTORY_UNREACHABLE' },
  })
})
