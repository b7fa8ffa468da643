/**
 * Groups that inherit: settings, connectors and switches, with a real relay, real connectors and LDAP.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ldapResult, LdapTree, startLdapServer, type LdapServer } from '@sallygate/protocol-ldap'
import { directoryService } from '@sallygate/service-directory/agent'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Gate, type Answer } from '../testing/gate.ts'

const base = 'dc=example,dc=test'
const bindDn = `cn=reader,${base}`
const bindPassword = 'planted-8823'
let authority: TlsAuthority
const cleanups: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  authority = await makeTlsAuthority()
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function open(): Promise<Gate> {
  const gate = await Gate.open()
  cleanups.push(() => gate.close())
  return gate
}

const child = async (gate: Gate, name: string, parent = gate.group): Promise<string> =>
  (await gate.call('POST', '/api/groups', { name, parent })).body.id
const settings = (gate: Gate, group: string, page: string, body?: unknown): Promise<Answer> =>
  gate.call(body === undefined ? 'GET' : 'PUT', `/api/groups/${group}/settings/${page}`, body)
const search = (gate: Gate, group: string, more: object = {}): Promise<Answer> =>
  gate.call('POST', `/api/groups/${group}/call`, {
    operation: 'directory.search',
    parameters: { kind: 'users' },
    ...more,
  })

describe('settings of a child', () => {
  test('come from above and say so; a secret is used and never shown; an override starts empty', async () => {
    const gate = await open()
    const [branch] = [await child(gate, 'Branch')]
    await gate.turnOn()

    const inherited = await settings(gate, branch, 'directory')
    const own = await settings(gate, branch, 'directory', {
      mode: 'override',
      values: { type: 'generic', servers: [{ host: 'ldap.test', port: 636 }], baseDn: 'dc=branch', bindDn: 'cn=x' },
    })
    const again = await settings(gate, branch, 'directory', { mode: 'inherit' })

    expect(inherited.body).toMatchObject({
      mode: 'inherit',
      values: {
        baseDn: { value: 'dc=test', from: { group: gate.group, name: 'Sample' } },
        bindPassword: { value: { isSet: true }, from: { group: gate.group } },
      },
    })
    expect(own.body.values).toMatchObject({ baseDn: { value: 'dc=branch', from: { group: branch } } })
    expect(own.body.values).not.toHaveProperty('bindPassword')
    expect(again.body.values).toMatchObject({ baseDn: { value: 'dc=test' }, bindPassword: { value: { isSet: true } } })
    expect(JSON.stringify([inherited, own, again])).not.toContain('planted')
  })

  test('cannot be overridden where the group above forbids it, nor be handed on further below', async () => {
    const gate = await open()
    const branch = await child(gate, 'Branch')
    const leaf = await child(gate, 'Leaf', branch)
    await settings(gate, branch, 'directory', { mode: 'inherit', childPermission: 'inheritOrOverride' })
    await settings(gate, gate.group, 'directory', { childPermission: 'inheritOnly' })

    const refused = await Promise.all(
      [branch, leaf].map((group) => settings(gate, group, 'directory', { mode: 'override', values: {} })),
    )
    const off = await gate.call('DELETE', `/api/groups/${leaf}/services/directory`)
    const unknown = await settings(gate, leaf, 'nonsense')

    expect([...refused, off, unknown].map(({ body }) => body.code)).toEqual([
      'PAGE_INHERIT_ONLY',
      'PAGE_INHERIT_ONLY',
      'PAGE_INHERIT_ONLY',
      'PAGE_UNKNOWN',
    ])
  })

  test('a move shows what it would change, changes nothing by showing, and then does it', async () => {
    const gate = await open()
    const [north, south] = [await child(gate, 'North'), await child(gate, 'South')]
    const branch = await child(gate, 'Branch', north)
    const off = { mode: 'override', values: { services: { directory: 'off' } } }
    await settings(gate, south, 'cloudConnector', off)
    const move = (preview: boolean) => gate.call('POST', `/api/groups/${branch}/move`, { to: south, preview })

    const [shown, untouched] = [await move(true), await gate.call('GET', `/api/groups/${branch}`)]
    const done = await move(false)

    expect(shown.body).toMatchObject({
      isMoved: false,
      settings: [
        {
          page: 'cloudConnector',
          field: 'services',
          before: { value: { directory: 'connectors' }, from: 'default' },
          after: { value: { directory: 'off' }, from: { group: south, name: 'South' } },
        },
      ],
    })
    expect(untouched.body.parent).toBe(north)
    expect(done.body).toMatchObject({ isMoved: true, group: { parent: south } })
    expect((await settings(gate, branch, 'cloudConnector')).body.values.services.value).toMatchObject({
      directory: 'off',
    })
    const [cycle, nonEmpty] = [
      await gate.call('POST', `/api/groups/${south}/move`, { to: branch }),
      await gate.call('DELETE', `/api/groups/${south}`),
    ]
    expect([cycle, nonEmpty].map(({ body }) => body.code)).toEqual(['GROUP_CYCLE', 'GROUP_NOT_EMPTY'])
    expect((await gate.call('DELETE', `/api/groups/${branch}`)).status).toBe(200)
    expect((await gate.call('GET', `/api/groups/${branch}`)).status).toBe(404)
  })
})

describe('connectors of the group above', () => {
  async function startLdap(): Promise<LdapServer> {
    const tree = new LdapTree()
    tree.add('', { supportedLDAPVersion: '3' })
    tree.add(base, { objectClass: ['top', 'domain'], dc: 'example' })
    for (const branch of ['berlin', 'paris']) {
      tree.add(`ou=${branch},${base}`, { objectClass: 'organizationalUnit', ou: branch })
      tree.add(`uid=ada,ou=${branch},${base}`, {
        objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
        uid: 'ada',
        cn: 'Ada',
        sn: branch,
        entryUUID: `00000000-0000-4000-8000-0000000000${branch.length}0`,
      })
    }
    const server = await startLdapServer(
      {
        tree,
        tls: await authority.issue(['localhost']),
        authenticate: (name, password) => ({
          result: ldapResult(name === bindDn && password === bindPassword ? 'success' : 'invalidCredentials'),
        }),
      },
      { host: '127.0.0.1', ldaps: 0 },
    )
    cleanups.push(() => server.stop())
    return server
  }

  test('serve a child under its own name: it sees its base DNs, its sibling nothing, another branch is refused', async () => {
    const gate = await open()
    const ldap = await startLdap()
    const [berlin, paris] = [await child(gate, 'Berlin'), await child(gate, 'Paris')]
    const other = (await gate.call('POST', '/api/groups', { name: 'Other' })).body.id
    await gate.enroll('one', await gate.code())
    const port = ldap.ldapsPort ?? 0
    writeFileSync(
      join(gate.home, 'one', 'policy.toml'),
      `version = 1
[services.directory]
operations = ["search", "check"]
targets = ["localhost:${port}"]
[services.directory.groups."${gate.group}"]
baseDns = ["${base}"]
[services.directory.groups."${berlin}"]
baseDns = ["ou=berlin,${base}"]
`,
    )
    await gate.start('one', [directoryService])
    await gate.untilState('one', 'live')
    const values = {
      type: 'generic',
      servers: [{ host: 'localhost', port }],
      trust: authority.certificate,
      baseDn: base,
      bindDn,
      bindPassword,
      userObjectClass: 'inetOrgPerson',
    }
    const turnedOn = await settings(gate, gate.group, 'directory', { mode: 'override', values })
    expect(turnedOn.body.acknowledged).toMatchObject([{ connector: 'one', state: 'healthy' }])
    await settings(gate, other, 'directory', { mode: 'override', values })

    const [own, below, sibling, elsewhere] = await Promise.all(
      [gate.group, berlin, paris, other].map((group) => search(gate, group)),
    )

    const dns = ({ body }: Answer): string[] => body.result.entries.map((entry: { dn: string }) => entry.dn).toSorted()
    expect(dns(own as Answer)).toEqual([`uid=ada,ou=berlin,${base}`, `uid=ada,ou=paris,${base}`])
    expect(dns(below as Answer)).toEqual([`uid=ada,ou=berlin,${base}`])
    expect(sibling?.body.code).toBe('CONNECTOR_POLICY_GROUP')
    expect(elsewhere?.body.code).toBe('CONSOLE_NO_CONNECTOR_ATTACHED')
    const log = await gate.call('GET', `/api/groups/${berlin}/requests`)
    expect(log.body.requests).toMatchObject([{ operation: 'directory.search', outcome: 'done' }])
  })

  test('do not serve a child that has other settings for the service', async () => {
    const gate = await open()
    const branch = await child(gate, 'Branch')
    await gate.join('one')
    await gate.turnOn()
    const values = { type: 'generic', servers: [{ host: 'evil.test', port: 636 }], baseDn: 'dc=test' }

    const before = await search(gate, branch)
    await settings(gate, branch, 'directory', { mode: 'override', values })
    const after = await search(gate, branch)

    expect([before.status, after.body.code]).toEqual([200, 'CLOUD_CONNECTOR_SETTINGS_ELSEWHERE'])
  })

  test('are told of no page that only the console reads', async () => {
    const gate = await open()
    await gate.join('one')
    const values = { accounts: ['it@example.com'] }

    const set = await settings(gate, gate.group, 'notifications', { mode: 'override', values })
    const shown = await gate.call('GET', `/api/groups/${gate.group}/settings/notifications`)

    expect(set).toMatchObject({ status: 200, body: { acknowledged: [] } })
    expect(shown.body.acknowledged).toEqual([])
  })

  test('are not said to have the settings of a child that has its own, and do not check for it', async () => {
    const gate = await open()
    const branch = await child(gate, 'Branch')
    await gate.join('one')
    await gate.turnOn()
    const path = (group: string) => `/api/groups/${group}/services/directory`
    const checkBefore = await gate.call('POST', `${path(branch)}/check`)
    const values = { type: 'generic', servers: [{ host: 'other.test', port: 636 }], baseDn: 'dc=test' }

    const set = await gate.call('PUT', path(branch), { settings: values })
    const check = await gate.call('POST', `${path(branch)}/check`)
    const page = await gate.call('GET', `/api/groups/${branch}/settings/directory`)
    const above = await gate.call('GET', path(gate.group))

    expect(checkBefore.status).toBe(200)
    expect(set.body).toMatchObject({
      acknowledged: [],
      nobodyRunsOnThem: { code: 'CLOUD_CONNECTOR_SETTINGS_ELSEWHERE' },
    })
    expect([check.status, check.body.code]).toEqual([409, 'CLOUD_CONNECTOR_SETTINGS_ELSEWHERE'])
    expect(page.body.acknowledged).toEqual([])
    expect(above.body).toMatchObject({ acknowledged: [{ connector: 'one' }] })
    expect(above.body.nobodyRunsOnThem).toBeUndefined()
  })
})

describe('cloud connector settings', () => {
  test('reach a running connector, which holds to them itself and keeps them over a restart', async () => {
    const gate = await open()
    const branch = await child(gate, 'Branch')
    const one = await gate.join('one')
    await gate.turnOn()
    await settings(gate, branch, 'cloudConnector', {
      mode: 'override',
      values: { components: { deviceServices: true, deviceManagement: true, selfService: false, other: true } },
    })

    const answer = await search(gate, branch, { component: 'selfService' })
    const own = await search(gate, gate.group, { component: 'selfService' })
    const told = await settings(gate, gate.group, 'cloudConnector', { mode: 'override', values: { isEnabled: false } })
    const off = await search(gate, gate.group)

    expect(answer.body.code).toBe('CLOUD_CONNECTOR_COMPONENT_OFF')
    expect(own.status).toBe(200)
    expect(told.body).toMatchObject({
      acknowledged: [{ connector: 'one', state: 'healthy', generation: told.body.generation }],
      values: {
        isEnabled: { value: false, from: { group: gate.group } },
        autoUpdate: { value: false, from: 'default' },
      },
    })
    expect(told.body.notes.join(' ')).toContain('stored and has no effect')
    expect(off.body.code).toBe('CLOUD_CONNECTOR_OFF')
    await one.stop()
    await gate.start('one')
    await gate.untilState('one', 'live')
    const on = await settings(gate, gate.group, 'cloudConnector', { mode: 'override', values: { isEnabled: true } })
    expect(on.body.acknowledged).toMatchObject([{ state: 'healthy', generation: on.body.generation }])
    expect((await search(gate, gate.group)).status).toBe(200)
  })

  test('route a service through connectors, through one beside the console, or nowhere, and live', async () => {
    const gate = await open()
    await gate.join('inside')
    await gate.enroll('beside', await gate.code({ direct: true }))
    await gate.start('beside')
    await gate.untilState('beside', 'live')
    await gate.turnOn()
    const route = (directory: string) =>
      settings(gate, gate.group, 'cloudConnector', { mode: 'override', values: { services: { directory } } })
    const ask = async () => {
      const { body } = await search(gate, gate.group)
      return body.connector?.name ?? body.code
    }

    const through = []
    for (const way of ['connectors', 'direct', 'off', 'connectors']) {
      await route(way)
      through.push(await ask(), await ask())
    }

    const off = 'CLOUD_CONNECTOR_SERVICE_OFF'
    expect(through.slice(0, 4)).toEqual(['inside', 'inside', 'beside', 'beside'])
    expect(through.slice(4)).toEqual([off, off, 'inside', 'inside'])
  })
})

describe('site URLs', () => {
  test('that change are followed by a running connector, and kept as they were when they lead nowhere', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    const direct = `https://localhost:${gate.relayPort}/awcm`
    const site = (externalUrl: string) =>
      settings(gate, gate.group, 'siteUrls', {
        mode: 'override',
        values: { isRelayEnabled: true, externalUrl, internalUrl: gate.relayUrl },
      })

    const moved = await site(direct)
    const lost = await site('https://localhost:9/awcm')

    expect(moved.body).toMatchObject({
      values: { externalUrl: { value: direct, from: 'installation' }, externalPort: { value: gate.relayPort } },
      acknowledged: [{ connector: 'one', state: 'healthy' }],
    })
    expect(lost.status).toBe(200)
    expect((await search(gate, gate.group)).status).toBe(200)
    await gate.until(
      async () =>
        (await settings(gate, gate.group, 'siteUrls')).body.acknowledged[0]?.failure?.code ===
        'CONNECTOR_RELAY_NOT_MOVED',
      18_000,
    )
    expect((await search(gate, gate.group)).status).toBe(200)
  }, 30_000)

  test('are the installation’s: a page of one group cannot have its own', async () => {
    const gate = await open()

    const refused = await settings(gate, gate.group, 'siteUrls', { mode: 'inherit' })

    expect(refused.body.code).toBe('PAGE_INHERIT_ONLY')
  })
})
