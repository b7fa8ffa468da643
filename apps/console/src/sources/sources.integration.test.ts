/**
 * Sources through the API, against an MDM server that is simulated: what comes in, and what a bad server can do.
 *
 * @module
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  goodReplies,
  infoXml,
  listXml,
  startMdmServer,
  type MdmServerInTest,
  type MdmServerOptions,
} from '../../../../protocols/ise-mdm/src/client/testing/mdm-server.ts'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

const device = (n: number, isCompliant = true) => ({
  guid: `5c7e0d4e-0000-4000-8000-00000000000${n}`,
  mac: `00105A00000${n}`,
  isCompliant,
})
const devices = [device(1), device(2), device(3, false)]
const secrets = { password: 's\u00e9same' }

let it: ConsoleInTest
let group = ''
let tests = 0
const servers: MdmServerInTest[] = []
beforeAll(async () => {
  it = await consoleInTest({ settings: { sourceAddresses: '127.0.0.1, ::1' } })
})
beforeEach(async () => {
  group = `Acme${++tests}`
  await call('POST', '/api/groups', { name: group })
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(() => it.stop())

async function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await it.ask(method, path, { key: rootKey, ...(body === undefined ? {} : { body }) })
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`)
  return answer.body as T
}

async function mdm(options: Partial<MdmServerOptions> = {}): Promise<MdmServerInTest> {
  const server = await startMdmServer({ reply: goodReplies(devices), ...options })
  servers.push(server)
  return server
}

const settingsOf = (server: MdmServerInTest, more: object = {}) => ({
  kind: 'ise',
  url: server.url,
  user: 'ACME\\ise',
  ca: server.ca,
  ...more,
})

interface Source {
  readonly id: string
}
const add = (server: MdmServerInTest, more: object = {}) =>
  call<Source>('POST', `/api/groups/${group}/sources`, { name: 'UEM', settings: settingsOf(server, more), secrets })

interface State {
  readonly devices?: number
  readonly added?: number
  readonly withdrawn?: number
  readonly heldBack?: number
  readonly failure?: { readonly code: string }
  readonly failures: number
}
const askNow = ({ id }: Source, confirmGone = false) =>
  call<State>('POST', `/api/groups/${group}/sources/${id}/ask`, { confirmGone })

interface Shown {
  readonly id: string
  readonly state: string
}
const inventory = async () => (await call<{ devices: readonly Shown[] }>('GET', `/api/devices?group=${group}`)).devices
const enrolled = async () => (await inventory()).filter(({ state }) => state === 'enrolled').length

describe('a good server', () => {
  test('of ISE’s dialect: its devices are in the inventory, once, however often it is asked', async () => {
    const source = await add(await mdm())

    const first = await askNow(source)
    const second = await askNow(source)

    expect(first).toMatchObject({ devices: 3, added: 3, failures: 0 })
    expect(second).toMatchObject({ devices: 3, added: 0 })
    expect(await enrolled()).toBe(3)
  }, 60_000)

  test('that answers only what ISE really asks is asked for both verdicts', async () => {
    const good = goodReplies(devices)
    const picky = await mdm({
      reply: (path, request) =>
        path.includes('/devices/') && !path.includes('querycriteria') ? { status: 400 } : good(path, request),
    })

    expect(await askNow(await add(picky))).toMatchObject({ devices: 3, added: 3 })
  })

  test('in the dress of Intune’s answers', async () => {
    const dressed = (xml: string) =>
      xml.replace('<ise_api>', '<ise_api xmlns="http://schemas.example">').replaceAll('attributes>', 'Attributes>')
    const server = await mdm({
      reply: (path) => ({ body: dressed(path.includes('mdminfo') ? infoXml() : listXml([device(4)])) }),
    })

    expect(await askNow(await add(server))).toMatchObject({ devices: 1, added: 1 })
  })

  test('of Workspace ONE', async () => {
    const one = {
      Uuid: device(5).guid,
      SerialNumber: 'PF3XK295',
      MacAddress: device(5).mac,
      EnrollmentStatus: 'Enrolled',
      ComplianceStatus: 'NonCompliant',
    }
    const server = await mdm({
      reply: (_path, { headers }) =>
        headers['aw-tenant-code'] === 'key'
          ? {
              body: JSON.stringify({ Devices: [one, { ...one, Uuid: 'x', EnrollmentStatus: 'Unenrolled' }], Total: 2 }),
            }
          : { status: 401 },
    })
    const settings = settingsOf(server, { kind: 'workspaceOne' })
    const source = await call<Source>('POST', `/api/groups/${group}/sources`, {
      name: 'UEM',
      settings,
      secrets: { ...secrets, tenantCode: 'key' },
    })

    expect(await askNow(source)).toMatchObject({ devices: 1, added: 1 })
    expect(await enrolled()).toBe(1)
  })
})

describe('a bad server costs nobody the network', () => {
  test.each([
    ['a wrong password', { reply: () => ({ status: 401 }) }, 'ISE_CLIENT_CREDENTIALS'],
    ['a version nobody offered', { reply: () => ({ body: infoXml({ api_version: '9' }) }) }, 'ISE_CLIENT_VERSION'],
    [
      'broken XML',
      { reply: (path: string) => ({ body: path.includes('mdminfo') ? infoXml() : '<ise_api><name>attri' }) },
      'ISE_CLIENT_ANSWER_UNREADABLE',
    ],
    ['an error', { reply: () => ({ status: 500 }) }, 'ISE_CLIENT_ANSWER_STATUS'],
    ['a busy one', { reply: () => ({ status: 503 }) }, 'ISE_CLIENT_BUSY'],
  ])('%s', async (_, bad, code) => {
    const source = await add(await mdm())
    await askNow(source)
    const worse = await mdm(bad)
    await call('PUT', `/api/groups/${group}/sources/${source.id}`, {
      name: 'UEM',
      settings: settingsOf(worse),
      secrets,
    })

    const state = await askNow(source)

    expect(state).toMatchObject({ failure: { code }, failures: 1, devices: 3 })
    expect(await enrolled()).toBe(3)
  })

  test('one that is dead, asked for days', async () => {
    const server = await mdm()
    const source = await add(server)
    await askNow(source)
    await server.close()

    for (let day = 0; day < 3; day++) {
      it.clock.jumpWall(24 * 3_600_000)
      expect(await askNow(source)).toMatchObject({ failure: { code: 'ISE_CLIENT_UNREACHABLE' }, failures: day + 1 })
    }

    const { sources } = await call<{ sources: readonly { state: { isStale: boolean } }[] }>(
      'GET',
      `/api/groups/${group}/sources`,
    )
    expect(sources[0]?.state.isStale).toBe(true)
    expect(await enrolled()).toBe(3)
    const { events } = await call<{ events: readonly { id: string; about: string }[] }>('GET', '/api/events?limit=200')
    expect(events.map(({ id }) => id)).toEqual(expect.arrayContaining(['SG-6020', 'SG-6021']))
  }, 60_000)

  test('one that forgets some is believed at the second time, one that forgets all only when somebody says so', async () => {
    let known = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => device(n))
    const server = await mdm({ reply: (path, request) => goodReplies(known)(path, request) })
    const source = await add(server)
    await askNow(source)

    known = known.slice(1)
    expect(await askNow(source)).toMatchObject({ withdrawn: 0 })
    expect(await askNow(source)).toMatchObject({ withdrawn: 1 })
    expect(await enrolled()).toBe(8)

    known = []
    await askNow(source)
    expect(await askNow(source)).toMatchObject({ withdrawn: 0, heldBack: 8 })
    expect(await enrolled()).toBe(8)
    expect(await askNow(source, true)).toMatchObject({ withdrawn: 8 })
    expect(await enrolled()).toBe(0)
  }, 60_000)
})

describe('what an administrator of a group cannot make of a source', () => {
  test('a way to the inside of the console’s network', async () => {
    const outside = await consoleInTest()
    try {
      const server = await mdm({ hosts: ['localhost', '127.0.0.1'] })
      const ask = async (url: string) => {
        const body = { name: 'UEM', settings: { ...settingsOf(server), url }, secrets }
        const { body: source } = await outside.ask('POST', '/api/groups/Sample/sources', { key: rootKey, body })
        return outside.ask('POST', `/api/groups/Sample/sources/${String(source['id'])}/ask`, { key: rootKey, body: {} })
      }
      for (const url of [
        server.url,
        server.url.replace('localhost', '127.0.0.1'),
        'https://169.254.169.254',
        'https://[::1]:1',
      ])
        expect((await ask(url)).body['failure']).toMatchObject({ code: 'ISE_CLIENT_TARGET_REFUSED' })
      expect(server.asked).toEqual([])
    } finally {
      await outside.stop()
    }
  }, 60_000)

  test('a way to send a stored password somewhere else, or to read it', async () => {
    const source = await add(await mdm())
    const elsewhere = await mdm()
    const moved = await it.ask('PUT', `/api/groups/${group}/sources/${source.id}`, {
      key: rootKey,
      body: { name: 'UEM', settings: settingsOf(elsewhere) },
    })

    expect(moved).toMatchObject({ status: 422, body: { code: 'SOURCE_PASSWORD_NEEDED' } })
    const listed = await it.ask('GET', `/api/groups/${group}/sources`, { key: rootKey })
    expect(listed.text).not.toContain('same')
  })

  test('a source over plain http, or with a password in its address', async () => {
    for (const url of ['http://mdm.example', 'ftp://mdm.example', 'mdm.example']) {
      const body = { name: 'UEM', settings: { kind: 'ise', url, user: 'u' }, secrets }
      expect((await it.ask('POST', `/api/groups/${group}/sources`, { key: rootKey, body })).status).toBe(400)
    }
  })
})

test('a source is checked step by step with its stored password', async () => {
  const good = await add(await mdm())
  const bad = await add(await mdm({ reply: () => ({ status: 401 }) }), { kind: 'workspaceOne' })
  const check = ({ id }: Source) =>
    call<{ rows: readonly { target: string; result: string }[] }>('POST', `/api/groups/${group}/sources/${id}/check`)

  expect((await check(good)).rows.filter(({ result }) => result !== 'ok')).toEqual([])
  expect((await check(bad)).rows).toMatchObject([{ result: 'failed', says: expect.stringContaining('401') }])
})

test('a source is asked by itself, and is gone when it is removed', async () => {
  const server = await mdm()
  const source = await add(server)
  await it.clock.advance(31_000)
  await expect.poll(enrolled, { timeout: 20_000 }).toBe(3)

  await call('DELETE', `/api/groups/${group}/sources/${source.id}`)

  expect(
    (await it.ask('POST', `/api/groups/${group}/sources/${source.id}/ask`, { key: rootKey, body: {} })).status,
  ).toBe(404)
}, 60_000)
