/**
 * From where, and with which certificate, an account may come: over real connections.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto'
import { Agent, type AgentOptions } from 'node:https'
import { connect } from 'node:tls'
import { makeTlsAuthority, type TlsServerIdentity } from '@sallygate/testkit/tls-server-identity'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NacInTest } from './testing/nac-in-test.ts'
import { sampleAccount } from './testing/sample-records.ts'

const dayMs = 86_400_000
const thumbprintOf = ({ cert }: TlsServerIdentity) =>
  new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()

let nac: NacInTest
let silent: NacInTest
let good: TlsServerIdentity
let expired: TlsServerIdentity
let future: TlsServerIdentity
let stranger: TlsServerIdentity
const agents: Agent[] = []

beforeAll(async () => {
  const authority = await makeTlsAuthority()
  const other = await makeTlsAuthority()
  const named = ['psn1.example']
  good = await authority.issue(named)
  expired = await authority.issue(named, new Date(Date.now() - 2 * 365 * dayMs))
  future = await authority.issue(named, new Date(Date.now() + 30 * dayMs))
  stranger = await other.issue(named)
  const accounts = await Promise.all([
    sampleAccount({
      id: 'pinned',
      user: 'pinned',
      certificates: [thumbprintOf(good), thumbprintOf(expired), thumbprintOf(future)],
    }),
    sampleAccount({ id: 'near', user: 'near', sources: ['127.0.0.2', '192.0.2.0/24'] }),
    sampleAccount({ id: 'net', user: 'net', sources: ['127.0.1.0/24'] }),
    sampleAccount({ id: 'nowhere', user: 'nowhere', sources: ['192.0.2.0/24'] }),
    sampleAccount({
      id: 'both',
      user: 'both',
      sources: ['127.0.0.3'],
      certificates: [thumbprintOf(good)],
    }),
  ])
  const records = accounts.map((value) => ({ kind: 'account', id: value.id, value }) as const)
  nac = await NacInTest.start(records, undefined, { asksForCertificates: true })
  silent = await NacInTest.start(records)
}, 60_000)
afterAll(async () => {
  for (const agent of agents) agent.destroy()
  await nac?.stop()
  await silent?.stop()
})

/** Over a connection of its own, twice: what holds for the first request holds for the next on it. */
async function ask(user: string, more: AgentOptions = {}, of = nac): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...more })
  agents.push(agent)
  const first = await of.ask('/ciscoise/mdminfo', { user, agent })
  const second = await of.ask('/ciscoise/mdminfo', { user, agent })
  expect(second.status).toBe(first.status)
  if (first.status !== 200)
    expect([first.status, first.text]).toEqual([401, (await of.ask('/ciscoise/mdminfo', { user: 'nobody' })).text])
  return first.status
}

test('an account that demands a certificate is let in with the one it names', async () => {
  expect(await ask('pinned', good)).toBe(200)
})

test.each([
  ['none', () => ({})],
  ['one of another authority, with the same name', () => stranger],
  ['one that has expired, although it is named', () => expired],
  ['one that is not valid yet, although it is named', () => future],
])('and with %s it is refused like anybody', async (_what, shown) => {
  expect(await ask('pinned', shown())).toBe(401)
})

test('who has no such demand comes with any certificate or none, past the same listener', async () => {
  expect(await ask('ise')).toBe(200)
  expect(await ask('ise', stranger)).toBe(200)
  expect(await ask('ise', expired)).toBe(200)
})

interface Visit {
  readonly status: string
  readonly isResumed: boolean
  readonly session: Buffer | undefined
}

function visit(session?: Buffer): Promise<Visit> {
  const authorization = Buffer.from('pinned:right').toString('base64')
  const head = ['GET /ciscoise/mdminfo HTTP/1.1', 'host: localhost', `authorization: Basic ${authorization}`]
  const ca = nac.authority.certificate
  const to = { port: Number(new URL(nac.url).port), host: '127.0.0.1', servername: 'localhost' }
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, ...good, ca, ...(session === undefined ? {} : { session }) })
    const isResumed = new Promise<boolean>((known) => {
      socket.once('secureConnect', () => known(socket.isSessionReused()))
    })
    let text = ''
    let next: Buffer | undefined
    socket.on('session', (given: Buffer) => (next = given))
    socket.setEncoding('utf8').on('data', (part: string) => (text += part))
    socket.on('error', reject)
    socket.on('end', () => {
      void isResumed.then((is) => resolve({ status: text.slice(9, 12), isResumed: is, session: next }))
    })
    socket.write(`${head.join('\r\n')}\r\nconnection: close\r\n\r\n`)
  })
}

test('a session that is resumed shows the certificate of its first handshake', async () => {
  const first = await visit()
  const second = await visit(first.session)

  expect([first.status, first.isResumed]).toEqual(['200', false])
  expect([second.status, second.isResumed]).toEqual(['200', true])
})

test('where nac asks nobody for a certificate, an account that demands one cannot come', async () => {
  expect(await ask('pinned', good, silent)).toBe(401)
  expect(await ask('ise', {}, silent)).toBe(200)
})

test.each([
  ['from an address on its list', 'near', '127.0.0.2', 200],
  ['from one beside it', 'near', '127.0.0.4', 401],
  ['from a network on its list', 'net', '127.0.1.77', 200],
  ['from beside that network', 'net', '127.0.2.77', 401],
  ['from where only others are', 'nowhere', '127.0.0.1', 401],
])('%s an account is answered accordingly', async (_what, user, localAddress, status) => {
  expect(await ask(user, { localAddress })).toBe(status)
})

test('both are demanded where both are set', async () => {
  expect(await ask('both', { ...good, localAddress: '127.0.0.3' })).toBe(200)
  expect(await ask('both', { ...good, localAddress: '127.0.0.4' })).toBe(401)
  expect(await ask('both', { localAddress: '127.0.0.3' })).toBe(401)
})

test('one password known from an allowed place opens nothing from another', async () => {
  expect(await ask('near', { localAddress: '127.0.0.2' })).toBe(200)
  expect(await ask('near', { localAddress: '127.0.0.9' })).toBe(401)
})
