import { createServer, type AddressInfo } from 'node:net'
import { systemClock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { afterEach, describe, expect, test } from 'vitest'
import { iseClientFailure } from './failures.ts'
import { HttpsExchange } from './https-exchange.ts'
import { IseClient } from './ise-client.ts'
import { summarizeLatency } from './latency.ts'
import { probe, type ProbeOptions } from './probe.ts'
import { targetOf } from './probe-target.ts'
import {
  goodReplies,
  infoXml,
  listXml,
  startMdmServer,
  type MdmServerInTest,
  type MdmServerOptions,
} from './testing/mdm-server.ts'

const devices = [1, 2, 3, 4, 5].map((n) => ({
  guid: `5c7e0d4e-0000-4000-8000-00000000000${n}`,
  mac: `AABBCCDDEE0${n}`,
  isCompliant: n !== 3,
}))
const credentials = { user: 'ACME\\ise', password: new Secret('s\u00e9same') }

const started: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of started.splice(0)) await one.close()
})

async function server(options: Partial<MdmServerOptions> = {}): Promise<MdmServerInTest> {
  const one = await startMdmServer({ reply: goodReplies(devices), ...options })
  started.push(one)
  return one
}

function ask(of: MdmServerInTest, options: Partial<ProbeOptions> = {}) {
  return probe({
    url: of.url,
    ca: of.ca,
    credentials,
    clock: systemClock,
    latencyQueries: 3,
    timeoutMs: 5000,
    ...options,
  })
}

/** A server whose mdminfo is fine and whose device lists are not. */
function withLists(body: string): Partial<MdmServerOptions> {
  return { reply: (path) => (path.includes('mdminfo') ? { body: infoXml() } : { body }) }
}

const verdicts = (report: Awaited<ReturnType<typeof ask>>) =>
  Object.fromEntries(report.rows.map((row) => [row.target, row.result]))

describe('a good server', () => {
  test('passes every step, and ISE’s own words are on the wire', async () => {
    const mdm = await server()

    const report = await ask(mdm, { query: { criterion: 'macaddress', value: 'aa:bb:cc:dd:ee:03' } })

    expect(report.rows.filter((row) => row.result !== 'ok')).toEqual([])
    expect(report).toMatchObject({ verdict: 'ok', total: 5, nonCompliant: 1, info: { apiVersion: 3 } })
    expect(report.rows.find((row) => row.target.startsWith('macaddress'))?.says).toContain('not compliant: No PIN')
    expect(report.chain?.certificates[0]?.daysLeft).toBeGreaterThan(0)
    expect(mdm.asked[1]).toBe('/ciscoise/mdminfo/?ise_api_version=3')
    expect(mdm.asked).toContain(
      '/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=AABBCCDDEE03&filter=all',
    )
    expect(mdm.asked).toContain(
      '/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=compliance&value=false&deviceidentifier=guid&filter=all',
    )
    expect(mdm.asked).toContain('/ciscoise/mdmapi/v3/devices/?paging=4&filter=all')
  })

  test('version 1 is asked with paths', async () => {
    const mdm = await server({
      reply: (path) => ({
        body: path.endsWith('mdminfo') ? infoXml({ api_version: '1', api_path: '/ciscoise/' }) : listXml([]),
      }),
    })
    const exchange = new HttpsExchange({
      origin: new URL(mdm.url),
      ca: mdm.ca,
      clock: systemClock,
      timeoutMs: 5000,
      maxAnswerBytes: 10_000,
    })
    started.push(exchange)
    const client = new IseClient({ exchange, credentials, prefix: '/acme', maxVersion: 1 })

    await client.devices({ kind: 'one', criterion: 'macaddress', value: 'aabb.ccdd.eeff' })
    await client.devices({ kind: 'compliance', isCompliant: false }, '17')
    await client.devices({ kind: 'all' })

    expect(mdm.asked).toEqual([
      '/acme/ciscoise/mdminfo',
      '/ciscoise/devices/0/macaddress/AABBCCDDEEFF/all',
      '/ciscoise/devices/17/compliance/false/all',
      '/ciscoise/devices/0/all',
    ])
  })
})

describe('each failure in words and in ISE’s number', () => {
  test('wrong password: nothing is asked after it', async () => {
    const mdm = await server()

    const report = await ask(mdm, { credentials: { ...credentials, password: new Secret('wrong') } })

    expect(report.rows.find((row) => row.result === 'failed')).toMatchObject({
      target: 'test connection',
      says: expect.stringContaining('401'),
    })
    expect(verdicts(report)).toMatchObject({ 'paging walk': 'skipped', latency: 'skipped' })
    expect(mdm.asked).toHaveLength(2)
  })

  test('an unknown authority, an expired certificate and another name are told apart', async () => {
    const good = await server()
    const expired = await server({ certifiedAt: new Date(Date.now() - 900 * 86_400_000) })
    const renamed = await server({ hosts: ['elsewhere.example'] })

    const unknown = await ask(good, { ca: expired.ca })
    const says = (report: Awaited<ReturnType<typeof ask>>) => report.rows[0]

    expect(says(unknown)).toMatchObject({
      result: 'failed',
      iseReason: '89003',
      says: expect.stringContaining('authority'),
    })
    expect(says(await ask(expired))).toMatchObject({
      result: 'failed',
      iseReason: '89003',
      says: expect.stringContaining('expired'),
    })
    expect(says(await ask(renamed))).toMatchObject({
      result: 'failed',
      iseReason: '89003',
      says: expect.stringContaining('another name'),
    })
    expect(good.asked).toEqual([])
  })

  test('nobody there, a port that is no TLS, a server that never answers', async () => {
    const plain = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-none\r\n'))
    started.push(plain)
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const silent = await server({ reply: () => ({ isSilent: true }) })
    const first = async (report: ReturnType<typeof ask>) => (await report).rows.find((row) => row.result === 'failed')
    const dead = await server()
    await dead.close()

    expect(await first(ask(dead))).toMatchObject({
      iseReason: '89003',
      says: expect.stringContaining('Nothing answers'),
    })
    expect(await first(ask(silent, { timeoutMs: 300 }))).toMatchObject({
      iseReason: '89003',
      says: expect.stringContaining('in time'),
    })
    const port = (plain.address() as AddressInfo).port
    expect(await first(ask(silent, { url: `https://127.0.0.1:${port}` }))).toMatchObject({
      iseReason: '89003',
      says: expect.stringContaining('not with TLS'),
    })
  })

  test.each([
    ['89005', 500, 'error'],
    ['89005', 302, 'redirect'],
    ['89005', 404, 'no MDM API'],
    [undefined, 503, 'later'],
    [undefined, 403, 'may not'],
  ])('%s for status %i', async (reason, status, words) => {
    const mdm = await server({ reply: () => ({ status }) })

    const row = (await ask(mdm)).rows.find((one) => one.target === 'test connection')

    expect(row).toMatchObject({ result: 'failed', says: expect.stringContaining(words) })
    expect(row?.iseReason).toBe(reason)
  })

  test('another version: 89004', async () => {
    const mdm = await server({ reply: () => ({ body: infoXml({ api_version: '4' }) }) })

    expect((await ask(mdm)).rows.find((row) => row.result === 'failed')).toMatchObject({ iseReason: '89004' })
  })

  test('what is no XML: 89005', async () => {
    const mdm = await server(withLists('{"devices": []}'))

    expect((await ask(mdm)).rows.find((row) => row.result === 'failed')).toMatchObject({ iseReason: '89005' })
  })
})

describe('what a server must not do', () => {
  test('know a device drawn at random', async () => {
    const mdm = await server(withLists(listXml(devices.slice(0, 1))))

    expect(verdicts(await ask(mdm))).toMatchObject({ 'unknown device': 'failed' })
  })

  test('list compliant devices in the poll, or more than fit on a page', async () => {
    const mdm = await server(withLists(listXml(devices)))

    expect(verdicts(await ask(mdm))).toMatchObject({ 'compliance poll': 'failed', 'paging walk': 'failed' })
  })

  test('page in a circle', async () => {
    const mdm = await server(withLists(listXml([], '5')))

    const walk = (await ask(mdm)).rows.find((row) => row.target === 'paging walk')

    expect(walk).toMatchObject({ result: 'failed', says: expect.stringContaining('circle') })
  })

  test('send without end', async () => {
    const mdm = await server({ reply: () => ({ body: 'x'.repeat(200_000) }) })
    const exchange = new HttpsExchange({
      origin: new URL(mdm.url),
      ca: mdm.ca,
      clock: systemClock,
      timeoutMs: 5000,
      maxAnswerBytes: 10_000,
    })
    started.push(exchange)

    await expect(exchange.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
      code: 'ISE_CLIENT_ANSWER_TOO_LARGE',
    })
  })
})

describe('where it goes', () => {
  test.each([
    ['mdm.example', 'https://mdm.example', ''],
    ['mdm.example:9443', 'https://mdm.example:9443', ''],
    ['https://mdm.example/tenant/', 'https://mdm.example', '/tenant'],
    ['https://mdm.example/a/b/ciscoise/mdminfo?x=1', 'https://mdm.example', '/a/b'],
  ])('%s', (text, origin, prefix) => {
    expect(targetOf(text)).toMatchObject({ prefix })
    expect(targetOf(text).origin.origin).toBe(origin)
  })

  test.each(['https://user:secret@mdm.example', 'http://mdm.example', 'ftp://mdm.example', 'https://', 'a b'])(
    '%s is refused',
    async (url) => {
      await expect(probe({ url, credentials, clock: systemClock })).rejects.toMatchObject({
        code: 'ISE_CLIENT_BAD_TARGET',
      })
    },
  )

  test('never to an address that is not admitted, be it written or looked up', async () => {
    const mdm = await server({ hosts: ['localhost', '127.0.0.1'] })
    const refused = iseClientFailure('TARGET_REFUSED').says

    const named = await ask(mdm, { admits: () => false })
    const written = await ask(mdm, {
      url: mdm.url.replace('localhost', '127.0.0.1'),
      admits: (address) => address !== '127.0.0.1',
    })

    expect(named.rows[0]?.says).toContain(refused)
    expect(written.rows[0]?.says).toContain(refused)
    expect(mdm.asked).toEqual([])
  })
})

test('percentiles are figures that were measured, and the buckets hold each once', () => {
  const durations = Array.from({ length: 100 }, (_, index) => index + 150)

  const latency = summarizeLatency(durations)

  expect(latency).toMatchObject({ count: 100, p50Ms: 199, p99Ms: 248, maxMs: 249, late: 49 })
  expect(latency.buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(100)
})
