import { X509Certificate } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { trustContext } from './authorities.ts'
import { secure, type ExpectedServer } from './secure.ts'
import type { TlsProblem } from './tls-problem.ts'

class Refused extends Error {
  readonly problem: TlsProblem
  constructor(problem: TlsProblem) {
    super(problem.kind)
    this.problem = problem
  }
}

let authority: TlsAuthority
let stranger: TlsAuthority
const stops: (() => void)[] = []

beforeAll(async () => {
  authority = await makeTlsAuthority()
  stranger = await makeTlsAuthority()
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

async function listening(server: Server): Promise<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  stops.push(
    () => server.close(),
    () => sockets.forEach((one) => one.destroy()),
    () => socket.destroy(),
  )
  return socket
}

/** What came of it, and what the server read of us. */
async function attempt(tls: TlsOptions, more: Partial<ExpectedServer> = {}) {
  const read: Buffer[] = []
  const server = createTlsServer(tls, (socket) => {
    socket.on('data', (bytes: Buffer) => read.push(bytes))
    socket.on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  const socket = await listening(server)
  const expected = { name: 'localhost', context: trustContext([authority.certificate]), pins: undefined, ...more }
  const secured = secure(socket, expected, AbortSignal.timeout(8000), (problem) => new Refused(problem))
  return { server, socket, read, secured }
}

const printOf = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()
const longAgo = new Date(Date.now() - 2.5 * 365 * 86_400_000)

test('a certificate with the name, from an authority that is believed, is verified', async () => {
  const { secured } = await attempt(await authority.issue(['localhost']))

  expect(await secured).toMatchObject({ protocol: 'TLSv1.3', isVerified: true })
})

describe('nothing is sent, and the connection is closed, when the certificate', () => {
  test.each([
    ['carries another name', 'wrongName', () => authority.issue(['dc7.test'])],
    ['is past its time', 'expired', () => authority.issue(['localhost'], longAgo)],
    ['is signed by a stranger', 'untrusted', () => stranger.issue(['localhost'])],
  ])('%s', async (_name, kind, make) => {
    const identity = await make()
    const { secured, socket, read } = await attempt(identity)

    const error = await secured.catch((reason: unknown) => reason)

    expect(error).toMatchObject({
      problem: { kind, thumbprint: printOf(identity.cert), details: { asked: 'localhost' } },
    })
    expect([socket.destroyed, read]).toEqual([true, []])
  })

  test('is none of those that were pinned, whoever signed it', async () => {
    const identity = await authority.issue(['localhost'])
    const { secured, read } = await attempt(identity, { pins: ['ab'.repeat(32)] })

    await expect(secured).rejects.toMatchObject({ problem: { kind: 'notPinned', thumbprint: printOf(identity.cert) } })
    expect(read).toEqual([])
  })
})

test('a pinned one is believed whoever signed it and whatever its name, as long as it is in time', async () => {
  const [current, ended] = [await stranger.issue(['dc7.test']), await stranger.issue(['dc7.test'], longAgo)]
  const pins = [current, ended].map(({ cert }) => printOf(cert))

  expect(await (await attempt(current, { pins })).secured).toMatchObject({ isVerified: true })
  await expect((await attempt(ended, { pins })).secured).rejects.toMatchObject({ problem: { kind: 'expired' } })
})

test('where anybody is taken, whoever it is is taken, and said not to be verified', async () => {
  for (const identity of [await stranger.issue(['dc7.test']), await authority.issue(['localhost'], longAgo)]) {
    const { secured } = await attempt(identity, { acceptsAnybody: true })

    expect(await secured).toMatchObject({ isVerified: false })
  }
})

test('our own certificate is shown to a server that asks for one', async () => {
  const identity = await authority.issue(['localhost'])
  const own = await authority.issue(['sender.test'])
  const shown: string[] = []
  const asking = { ...identity, ca: authority.certificate, requestCert: true, rejectUnauthorized: false } as const
  const context = trustContext([authority.certificate], { certificate: own.cert, key: own.key })

  const { secured, server } = await attempt(asking, { context })
  server.on('secureConnection', (socket) => shown.push(socket.getPeerCertificate().fingerprint256))

  expect(await secured).toMatchObject({ isVerified: true })
  await expect.poll(() => shown).toEqual([new X509Certificate(own.cert).fingerprint256])
})

test('what does not speak TLS, or closes, is a problem of its own kind; silence ends with the signal', async () => {
  const talk = async (onConnection: (socket: Socket) => void, signal: AbortSignal) => {
    const socket = await listening(createServer(onConnection))
    const expected = { name: '127.0.0.1', context: trustContext([authority.certificate]), pins: undefined }
    const error = await secure(socket, expected, signal, (problem) => new Refused(problem)).catch(
      (reason: unknown) => reason,
    )
    return { error, isClosed: socket.destroyed }
  }
  const { signal } = new AbortController()
  const soon = new AbortController()
  const silent = talk(() => setTimeout(() => soon.abort(new Error('no time')), 20), soon.signal)

  expect((await talk((socket) => socket.write('220 mail.test\r\n'), signal)).error).toMatchObject({
    problem: { kind: 'failed', details: { name: '127.0.0.1' } },
  })
  expect((await talk((socket) => socket.end(), signal)).error).toMatchObject({ problem: { kind: 'failed' } })
  expect(await silent).toMatchObject({ error: { message: 'no time' }, isClosed: true })
  expect((await talk(() => {}, AbortSignal.abort(new Error('gone')))).isClosed).toBe(true)
})
