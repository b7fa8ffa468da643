/**
 * Inventories of other people's agents through the console's own door: who may bring them, and what becomes of them.
 *
 * @module
 */
import { request } from 'node:http'
import { deflateSync, inflateSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

let it: ConsoleInTest
let group = ''
let secret = ''
let secretId = ''
let tests = 0
beforeAll(async () => {
  it = await consoleInTest()
})
beforeEach(async () => {
  group = `Acme${++tests}`
  await call('POST', '/api/groups', { name: group })
  const made = await call('POST', `/api/groups/${group}/agent-secrets`, { name: 'laptops' })
  secret = String(made['secret'])
  secretId = String(made['id'])
  // Wrong secrets slow their address down.
  await it.clock.advance(60_000)
})
afterAll(() => it.stop())

async function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await it.ask(method, path, { key: rootKey, ...(body === undefined ? {} : { body }) })
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`)
  return answer.body as T
}

interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

function send(
  body: Uint8Array | string,
  options: { readonly path?: string; readonly password?: string; readonly type?: string } = {},
): Promise<Sent> {
  const { hostname: host, port } = new URL(it.origin)
  const { path = '/inventory', password, type = 'application/x-compress-zlib' } = options
  const authorization =
    password === undefined ? {} : { authorization: `Basic ${Buffer.from(`inventory:${password}`).toString('base64')}` }
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': String(Buffer.byteLength(body)), ...authorization }
    const sent = request({ host, port, method: 'POST', path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    sent.on('error', reject).end(body)
  })
}

const request_ = (query: string, content = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><REQUEST><CONTENT>${content}</CONTENT><DEVICEID>ada-2026</DEVICEID><QUERY>${query}</QUERY></REQUEST>`
const laptop = (n: number) =>
  request_(
    'INVENTORY',
    `<BIOS><SSN>5CD1234XY${n}</SSN></BIOS><HARDWARE><NAME>ada</NAME></HARDWARE><NETWORKS><MACADDR>00:10:5a:00:01:0${n}</MACADDR></NETWORKS>`,
  )

interface Shown {
  readonly id: string
  readonly facts: Readonly<Record<string, { readonly isUnknown: boolean; readonly source: string }>>
}
const devices = async () =>
  (await call<{ devices: readonly { id: string }[] }>('GET', `/api/devices?group=${group}`)).devices

describe('an agent with the secret', () => {
  test('is asked for an inventory, brings it, and its machine is a device', async () => {
    const prolog = await send(deflateSync(request_('PROLOG')), { password: secret })
    const sent = await send(deflateSync(laptop(1)), { password: secret })

    expect(prolog.headers['content-type']).toBe('application/x-compress-zlib')
    expect(inflateSync(prolog.body).toString()).toContain('<RESPONSE>SEND</RESPONSE>')
    expect(sent.status).toBe(200)
    const [device, ...more] = await devices()
    expect(more).toEqual([])
    const { facts } = await call<Shown>('GET', `/api/devices/${device?.id}`)
    expect(facts['diskEncrypted']).toMatchObject({ isUnknown: true, source: 'fusionInventory' })
    const { agentSecrets } = await call<{ agentSecrets: readonly object[] }>(
      'GET',
      `/api/groups/${group}/agent-secrets`,
    )
    expect(agentSecrets).toMatchObject([{ name: 'laptops', lastAgent: 'ada-2026' }])
  })

  test('may have it in its address, and may come again', async () => {
    for (let times = 0; times < 3; times++)
      expect((await send(laptop(2), { path: `/inventory/${secret}`, type: 'application/xml' })).status).toBe(200)

    expect(await devices()).toHaveLength(1)
  })

  test('of the newer kind is answered in JSON', async () => {
    const sent = await send(JSON.stringify({ action: 'contact', deviceid: 'ada' }), {
      password: secret,
      type: 'application/json',
    })

    expect(JSON.parse(sent.body.toString())).toMatchObject({ status: 'ok' })
  })

  test('of which two are copies of one machine, without anything to tell them apart but that, are one', async () => {
    const anonymous = request_('INVENTORY', '<NETWORKS><MACADDR>02:fc:00:00:00:01</MACADDR></NETWORKS>')

    await send(anonymous, { password: secret })
    await send(anonymous, { password: secret })

    expect(await devices()).toHaveLength(1)
  })
})

describe('who has it not', () => {
  test.each([
    ['without any', {}],
    ['with a wrong one', { password: `sga_${'A'.repeat(32)}` }],
    ['with an API key', { password: rootKey }],
    ['with a wrong one in the address', { path: `/inventory/sga_${'A'.repeat(32)}` }],
  ])('%s is asked for it, and brings nothing', async (_, options) => {
    const sent = await send(deflateSync(laptop(3)), options)

    expect(sent.status).toBe(401)
    expect(sent.headers['www-authenticate']).toContain('Basic')
    expect(await devices()).toEqual([])
  })

  test('is refused before anything of a large body is read', async () => {
    const { hostname: host, port } = new URL(it.origin)
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-length': String(4 * 1024 * 1024) }
      const sent = request({ host, port, method: 'POST', path: '/inventory', headers, agent: false }, (answer) => {
        resolve(answer.statusCode)
        sent.destroy()
      })
      sent.on('error', reject)
      // The first byte of four million, and no more.
      sent.write('<')
    })

    expect(status).toBe(401)
  })

  test('any more is refused', async () => {
    await call('POST', `/api/groups/${group}/agent-secrets/${secretId}/revoke`)

    expect((await send(laptop(4), { password: secret })).status).toBe(401)
  })

  test('guesses more and more slowly', async () => {
    const statuses: number[] = []
    for (let guess = 0; guess < 30; guess++) statuses.push((await send('x', { password: `sga_guess${guess}` })).status)

    expect(statuses.at(0)).toBe(401)
    expect(statuses.at(-1)).toBe(429)
  }, 60_000)
})

describe('what is too much', () => {
  test('a bomb, a flood of bytes, an entity and nonsense are refused fast, and the door stays open', async () => {
    const bomb = await send(deflateSync(Buffer.alloc(200 * 1024 * 1024)), { password: secret })
    const flood = await send(Buffer.alloc(5 * 1024 * 1024, 0x3c), { password: secret })
    const entity = await send('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><REQUEST>&x;</REQUEST>', {
      password: secret,
    })
    const nonsense = await send(Buffer.from([0x78, 0x9c, 1, 2, 3]), { password: secret })

    expect([bomb, flood, entity, nonsense].map(({ status }) => status)).toEqual([413, 413, 400, 400])
    expect((await send(laptop(5), { password: secret })).status).toBe(200)
  }, 60_000)

  test('no other address takes such bodies', async () => {
    const path = '/api/check-in'

    expect((await send(deflateSync('{}'), { path })).status).toBe(415)
  })
})
