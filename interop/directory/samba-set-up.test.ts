/**
 * Setting up a directory against a Samba Active Directory domain controller: servers from its
 * name server, the site from its LDAP ping, bases, a preview, groups in groups.
 *
 * @module
 */
import { createSocket } from 'node:dgram'
import { X509Certificate } from 'node:crypto'
import { Attribute, Change, Client } from 'ldapts'
import { directoryService } from '@sallygate/service-directory/agent'
import type { BasesResult, PreviewResult, ServersResult, StatusResult } from '@sallygate/service-directory/contract'
import { ServiceLife } from '@sallygate/service-kit'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { locator } from '../../apps/connector/src/locate.ts'
import {
  makeSambaDomain,
  missingForSamba,
  sambaAdmin,
  sambaBase,
  sambaDomain,
  sambaHost,
  type SambaDomain,
  type SambaServer,
} from './samba-server.ts'

const missing = missingForSamba()
if (missing !== undefined) console.log(`skipped: setting up with Samba Active Directory, ${missing}`)

const userDn = (name: string) => `CN=${name},CN=Users,${sambaBase}`
const sites = `CN=Sites,CN=Configuration,${sambaBase}`

describe.skipIf(missing !== undefined)('setting up Samba Active Directory', () => {
  let domain: SambaDomain
  let samba: SambaServer
  /** An independent client, for what an administrator would do. */
  let admin: Client
  const lives: ServiceLife[] = []

  beforeAll(async () => {
    domain = makeSambaDomain(() => undefined, { dns: true })
    samba = await domain.start()
    console.log(`Samba ${samba.version}`)
    admin = new Client({
      url: `ldaps://${samba.address}:636`,
      tlsOptions: { ca: samba.authority, servername: sambaHost },
      timeout: 10_000,
      connectTimeout: 3000,
    })
    await admin.bind(sambaAdmin.name, sambaAdmin.password)
    await add(userDn('alice'), {
      objectClass: 'user',
      sAMAccountName: 'alice',
      userPrincipalName: 'alice@corp.test',
      sn: "Zoë (O'Brien) *",
      department: 'Research',
      physicalDeliveryOfficeName: 'Room 7',
      userAccountControl: '514',
    })
    // Three levels and a cycle, and a group that has nothing to do with it.
    await add(userDn('inner'), { objectClass: 'group', sAMAccountName: 'inner', member: userDn('alice') })
    await add(userDn('middle'), { objectClass: 'group', sAMAccountName: 'middle', member: userDn('inner') })
    await add(userDn('outer'), { objectClass: 'group', sAMAccountName: 'outer', member: userDn('middle') })
    const modification = new Attribute({ type: 'member', values: [userDn('outer')] })
    await admin.modify(userDn('inner'), new Change({ operation: 'add', modification }))
    await add(userDn('stranger'), { objectClass: 'group', sAMAccountName: 'stranger' })
    await add(`OU=Berlin,${sambaBase}`, { objectClass: 'organizationalUnit' })
  }, 300_000)
  afterAll(async () => {
    await admin?.unbind()
    await samba?.stop()
    domain?.remove()
  })
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.stop()
  })

  const add = (dn: string, attributes: Readonly<Record<string, string>>) =>
    admin.add(
      dn,
      Object.entries(attributes).map(([type, value]) => new Attribute({ type, values: [value] })),
    )

  async function connect(settings: Record<string, unknown> = {}): Promise<ServiceLife> {
    const life = new ServiceLife(
      directoryService,
      testServiceHost({
        addresses: { [sambaHost]: samba.address },
        // As the connector asks the name servers of its host; none of them knows this domain.
        locate: locator([`${samba.address}:53`]),
      }),
    )
    lives.push(life)
    const state = await life.configure({
      type: 'activeDirectory',
      discovery: { kind: 'srv', domain: 'corp.test', site: 'automatic' },
      trust: samba.authority,
      bindDn: sambaAdmin.name,
      bindPassword: sambaAdmin.password,
      baseDn: sambaBase,
      ...settings,
    })
    expect(state).toEqual({ kind: 'healthy' })
    return life
  }
  const run = async <T>(life: ServiceLife, operation: string, params: object = {}) =>
    (await life.run(operation, params, testContext())) as T

  describe('servers', () => {
    test('come from DNS, in the site that the domain controller says we are in', async () => {
      // The first site of a domain has every address that no subnet names.
      const found = await run<ServersResult>(await connect(), 'servers')

      expect(found).toMatchObject({
        domain: 'corp.test',
        site: { name: 'Default-First-Site-Name', from: 'ping', askedServer: sambaHost },
        questions: [
          { name: '_ldap._tcp.dc._msdcs.corp.test', servers: 1 },
          { name: '_ldap._tcp.Default-First-Site-Name._sites.dc._msdcs.corp.test', servers: 1 },
        ],
        servers: [{ server: `${sambaHost}:636`, from: 'site', isBackup: false }],
      })
    })

    test('of the global catalog are found by their own record', async () => {
      const discovery = { kind: 'srv', domain: 'corp.test', globalCatalog: true }
      const found = await run<ServersResult>(await connect({ discovery }), 'servers')

      expect(found.servers.map(({ server }) => server)).toEqual([`${sambaHost}:3269`])
      const rows = await (await connect({ discovery })).check(testContext())
      expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
    })

    test('found this way serve every row of the check, a sign-in and a search, and are shown in use', async () => {
      const life = await connect()

      const rows = await life.check(testContext())
      expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
      expect(rows.map(({ target }) => target)).toContain('Site of corp.test')
      expect(await run(life, 'authenticate', { user: sambaAdmin.name, password: sambaAdmin.password })).toMatchObject({
        outcome: 'accepted',
      })
      expect(await run<StatusResult>(life, 'status')).toMatchObject({
        inUse: { server: `${sambaHost}:636` },
        site: 'Default-First-Site-Name',
        signIns: { accepted: 1 },
      })
    })

    test('a site with a subnet of its own is the one that is answered', async () => {
      await add(`CN=Berlin,${sites}`, { objectClass: 'site' })
      await add(`CN=127.0.0.0/8,CN=Subnets,${sites}`, { objectClass: 'subnet', siteObject: `CN=Berlin,${sites}` })

      const found = await run<ServersResult>(await connect(), 'servers')

      // No domain controller is registered there, and that is said.
      expect(found).toMatchObject({
        site: { name: 'Berlin', from: 'ping' },
        siteFailure: 'DNS names no server in the site Berlin.',
        servers: [{ from: 'domain', isBackup: false }],
      })
    })

    test('of a domain nobody knows: the check says which question had no answer', async () => {
      const life = await connect({ discovery: { kind: 'srv', domain: 'nowhere.test' } })

      const [row] = await life.check(testContext())
      expect(row).toMatchObject({ result: 'failed', target: 'DNS: _ldap._tcp.dc._msdcs.nowhere.test' })
      await expect(run(life, 'search', { kind: 'users' })).rejects.toMatchObject({ code: 'DIRECTORY_DISCOVERY_FAILED' })
    })

    test('a host on which nobody answers the ping costs a second', async () => {
      const silent = createSocket('udp4')
      await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve))
      const life = new ServiceLife(
        directoryService,
        testServiceHost({
          locate: async () => [{ host: 'silent.test', port: 389, priority: 0, weight: 0 }],
          target: async (host) => ({ address: '127.0.0.1', port: silent.address().port, serverName: host }),
        }),
      )
      lives.push(life)
      const discovery = { kind: 'srv', domain: 'corp.test', site: 'automatic' }
      const began = performance.now()

      const found = await run<ServersResult>(life, 'servers', { settings: { discovery } })

      silent.close()
      expect(found.siteFailure).toBe('No domain controller of corp.test answered on UDP 389.')
      expect(performance.now() - began).toBeLessThan(5000)
    })
  })

  test('bases are its partitions, its own first choice, and the containers below', async () => {
    const life = await connect()

    const root = await run<BasesResult>(life, 'bases')
    const below = await run<BasesResult>(life, 'bases', { below: sambaBase })

    expect(root.suggested).toBe(sambaBase)
    expect(root.bases).toContainEqual({ dn: `CN=Configuration,${sambaBase}`, kind: 'systemContext' })
    expect(below.bases).toContainEqual({ dn: `OU=Berlin,${sambaBase}`, kind: 'organizationalUnit' })
    expect(below.bases).toContainEqual({ dn: `CN=Users,${sambaBase}`, kind: 'container' })
  })

  test.each(['alice', 'alice@corp.test', `${sambaDomain}\\alice`, userDn('alice')])(
    'a preview of %s',
    async (entry) => {
      const life = await connect({ customAttributes: { room: 'physicalDeliveryOfficeName' } })

      const found = await run<PreviewResult>(life, 'preview', { entry })

      expect(found).toMatchObject({
        dn: userDn('alice'),
        isCounted: true,
        identifier: { attribute: 'objectGUID', value: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        disabled: { isDisabled: true, because: expect.stringContaining('userAccountControl is 514') },
      })
      const byField = Object.fromEntries(found.fields.map(({ field, values }) => [field, values]))
      expect(byField).toMatchObject({ surname: ["Zoë (O'Brien) *"], department: ['Research'], room: ['Room 7'] })
      expect(found.attributes.find(({ attribute }) => attribute === 'objectSid')).toMatchObject({ isBinary: true })
    },
  )

  test.each(['matchingRule', 'walk'])(
    'groups in groups by %s: three levels, a cycle, the primary one',
    async (transitive) => {
      const life = await connect({ membership: { transitive } })

      const { groups, moreGroups } = await run<PreviewResult>(life, 'preview', { entry: 'alice' })

      const shown = groups.map(({ name, isDirect, isPrimary }) => [name, isDirect, isPrimary])
      expect(shown).toContainEqual(['Domain Users', true, true])
      expect(shown).toContainEqual(['inner', true, false])
      expect(shown).toContainEqual(['middle', false, false])
      expect(shown).toContainEqual(['outer', false, false])
      // Domain Users is itself in a group, as every domain has it.
      expect(shown).toContainEqual(['Users', false, false])
      expect(shown).toHaveLength(5)
      expect(moreGroups).toBe(false)
    },
  )

  test('its certificate can be pinned in place of trusting an authority', async () => {
    const thumbprint = await new Promise<string>((resolve, reject) => {
      const socket = connectTls({ host: samba.address, port: 636, rejectUnauthorized: false }, () => {
        resolve(new X509Certificate(socket.getPeerCertificate().raw).fingerprint256)
        socket.destroy()
      })
      socket.once('error', reject)
    })

    const life = await connect({
      discovery: undefined,
      servers: [{ host: sambaHost, port: 636 }],
      trust: undefined,
      certificatePins: [thumbprint],
    })
    const rows = await life.check(testContext())

    expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
  })
})
