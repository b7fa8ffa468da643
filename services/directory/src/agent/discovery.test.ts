import fc from 'fast-check'
import { serviceFailure, type LocatedHost } from '@sallygate/service-kit'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { describe, expect, test } from 'vitest'
import { discover, maxFound, ordered, requireFound } from './discovery.ts'
import { SettingsServers } from './server-source.ts'
import { FakeClock } from '@sallygate/testkit/fake-clock'

const srv = (host: string, port = 389, priority = 0, weight = 100): LocatedHost => ({ host, port, priority, weight })
const everywhere = '_ldap._tcp.dc._msdcs.corp.test'
const berlin = '_ldap._tcp.Berlin._sites.dc._msdcs.corp.test'

function find(
  names: Readonly<Record<string, readonly LocatedHost[]>>,
  discovery: { readonly site?: string; readonly globalCatalog?: boolean } = {},
  more: { readonly type?: 'activeDirectory' | 'generic'; readonly encryption?: 'ldaps' | 'startTls' } = {},
) {
  const host = testServiceHost({ locate: async (name) => names[name] ?? [] })
  return discover(
    {
      type: more.type ?? 'activeDirectory',
      encryption: more.encryption ?? 'ldaps',
      discovery: { kind: 'srv', domain: 'corp.test', ...discovery },
    },
    host,
    testContext(),
  )
}

const labels = async (found: ReturnType<typeof find>) =>
  (await found).entries.map(({ server, from, isBackup }) => [`${server.host}:${server.port}`, from, isBackup])

describe('servers from DNS', () => {
  test('all domain controllers, on the port that fits the encryption', async () => {
    const names = { [everywhere]: [srv('dc1.corp.test')] }

    expect(await labels(find(names))).toEqual([['dc1.corp.test:636', 'domain', false]])
    expect(await labels(find(names, {}, { encryption: 'startTls' }))).toEqual([['dc1.corp.test:389', 'domain', false]])
  })

  test('those of the site go first, and the others are for when none of them answers', async () => {
    const names = { [everywhere]: [srv('dc1.corp.test'), srv('dc2.corp.test')], [berlin]: [srv('dc2.corp.test')] }

    expect(await labels(find(names, { site: 'Berlin' }))).toEqual([
      ['dc2.corp.test:636', 'site', false],
      ['dc1.corp.test:636', 'domain', true],
    ])
  })

  test('a site without servers is said, and the rest is used', async () => {
    const found = await find({ [everywhere]: [srv('dc1.corp.test')] }, { site: 'Nowhere' })

    expect(found.siteFailure).toBe('DNS names no server in the site Nowhere.')
    expect(found.entries).toMatchObject([{ isBackup: false }])
  })

  test('the global catalog has names and ports of its own', async () => {
    const found = find({ '_gc._tcp.corp.test': [srv('dc1.corp.test', 3268)] }, { globalCatalog: true })

    expect(await labels(found)).toEqual([['dc1.corp.test:3269', 'domain', false]])
  })

  test('another directory is found by the plain record, on the port DNS says', async () => {
    const found = find({ '_ldap._tcp.corp.test': [srv('ldap.corp.test', 3890)] }, {}, { type: 'generic' })

    expect(await labels(found)).toEqual([['ldap.corp.test:3890', 'domain', false]])
  })

  test('nothing found says what was asked', async () => {
    const found = await find({})

    expect(() => requireFound(found, 'corp.test')).toThrow(
      expect.objectContaining({
        code: 'DIRECTORY_DISCOVERY_FAILED',
        details: { domain: 'corp.test', asked: everywhere },
      }),
    )
  })

  test('a zone with a thousand servers is cut, not obeyed', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => srv(`dc${index}.corp.test`))

    expect((await find({ [everywhere]: many })).entries).toHaveLength(maxFound)
  })

  test('priority decides, and weight among equals, whatever the lot', () => {
    const host = fc.record({ priority: fc.nat(3), weight: fc.nat(65_535) })
    fc.assert(
      fc.property(fc.array(host, { maxLength: 20 }), (hosts) => {
        const list = hosts.map(({ priority, weight }, index) => srv(`h${index}`, 389, priority, weight))
        const found = ordered(list)
        expect(found.map(({ priority }) => priority)).toEqual(
          list.map(({ priority }) => priority).toSorted((a, b) => a - b),
        )
        expect(new Set(found)).toEqual(new Set(list))
      }),
    )
    const wins = Array.from(
      { length: 1000 },
      () => ordered([srv('light', 389, 0, 1), srv('heavy', 389, 0, 99)])[0]?.host,
    )
    expect(wins.filter((one) => one === 'heavy').length).toBeGreaterThan(900)
  })
})

describe('the list a service keeps', () => {
  const settings = {
    type: 'activeDirectory',
    encryption: 'ldaps',
    servers: [{ host: 'typed', port: 636 }],
    discovery: { kind: 'srv', domain: 'corp.test' },
  } as const

  test('holds those typed by hand first, asks DNS once in ten minutes, and lives on while DNS is silent', async () => {
    const clock = new FakeClock()
    let asked = 0
    let isUp = true
    const locate = async () => {
      asked++
      if (!isUp) throw serviceFailure('STOPPED')
      return [srv('dc1.corp.test')]
    }
    const source = new SettingsServers(
      { ...settings, servers: [...settings.servers] },
      testServiceHost({ clock, locate }),
    )
    const list = async () => (await source.list(testContext({ clock }))).map(({ server }) => server.host)

    expect(await list()).toEqual(['typed', 'dc1.corp.test'])
    await list()
    expect(asked).toBe(1)
    isUp = false
    await clock.advance(10 * 60_000)
    expect(await list()).toEqual(['typed', 'dc1.corp.test'])
    expect(asked).toBe(2)
  })

  test('has a server once that was typed by hand and is in DNS as well, as it was typed', async () => {
    const clock = new FakeClock()
    const servers = [{ host: 'DC1.corp.test', port: 636, certificateName: 'other.test' }]
    const source = new SettingsServers(
      { ...settings, servers },
      testServiceHost({ clock, locate: async () => [srv('dc1.corp.test'), srv('dc2.corp.test')] }),
    )
    const list = await source.list(testContext({ clock }))

    expect(list.map(({ server, from }) => [server.host, from])).toEqual([
      ['DC1.corp.test', 'byHand'],
      ['dc2.corp.test', 'domain'],
    ])
  })

  test('without any server the failure says so, and DNS is not asked by everybody at once', async () => {
    const clock = new FakeClock()
    let asked = 0
    const locate = async () => {
      asked++
      return []
    }
    const source = new SettingsServers({ ...settings, servers: [] }, testServiceHost({ clock, locate }))

    for (let at = 0; at < 5; at++) {
      await expect(source.list(testContext({ clock }))).rejects.toMatchObject({ code: 'DIRECTORY_DISCOVERY_FAILED' })
    }
    expect(asked).toBe(1)
  })
})
