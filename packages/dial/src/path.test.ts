import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { startHostileRelay } from '@sallygate/testkit/hostile-relay'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { diagnose, parseRelayUrl, type CheckRow } from './index.ts'
import { dialFailure } from './failures.ts'
import { openTcp } from './path.ts'
import { Bench, firstFailure } from './testing/peers.ts'

/** A busy machine is slow; a test that waits longer than this has failed. */
const soon = { timeout: 8000, interval: 10 }

const bench = new Bench()
const relay = '00'.repeat(16)
let authority: TlsAuthority
let stranger: TlsAuthority

beforeAll(async () => {
  authority = await makeTlsAuthority()
  stranger = await makeTlsAuthority()
})
afterEach(() => bench.clear())

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  bench.keep({
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  })
  return (server.address() as AddressInfo).port
}

async function httpServer(answer: RequestListener, onUpgrade?: (socket: Socket) => void): Promise<string> {
  const server: HttpServer = createHttpServer(answer)
  if (onUpgrade !== undefined) server.on('upgrade', (_request, socket) => onUpgrade(socket as Socket))
  return `http://localhost:${await listen(server)}/awcm`
}

async function tlsServer(hosts: readonly string[], by: TlsAuthority, at?: Date): Promise<string> {
  const server = createTlsServer(await by.issue(hosts, at))
  return `https://localhost:${await listen(server)}/awcm`
}

async function tcpServer(onSocket: (socket: Socket) => void): Promise<number> {
  return await listen(createTcpServer(onSocket))
}

function failure(url: string, tuning = {}): Promise<unknown> {
  const tls = { ca: [authority.certificate] }
  return firstFailure((options) => bench.client({ url, relay }, { tls, tuning, ...options }))
}

/** A clock on which every time-out is now. */
const impatient: Clock = {
  ...systemClock,
  after(_delayMs, action) {
    let isPlanned = true
    queueMicrotask(() => isPlanned && action())
    return { cancel: () => void (isPlanned = false) }
  },
}

describe('each hop that fails has a name of its own', () => {
  test('a name without an address', async () => {
    expect(await failure('https://no-such-relay.invalid/awcm')).toMatchObject({
      code: 'DIAL_NAME_NOT_FOUND',
      details: { name: 'no-such-relay.invalid' },
    })
  })

  test('a port on which nothing listens', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))

    expect(await failure(`https://localhost:${port}/awcm`)).toMatchObject({ code: 'DIAL_TCP_REFUSED' })
  })

  test('an address that does not answer', async () => {
    const port = await tcpServer(() => undefined)
    const target = parseRelayUrl(`https://localhost:${port}/awcm`)
    const { signal } = new AbortController()

    await expect(openTcp(target, { tls: {}, clock: impatient }, signal)).rejects.toMatchObject({
      code: 'DIAL_TCP_TIMEOUT',
      details: { address: `localhost:${port}` },
    })
  })

  test('a way through a proxy that leads nowhere, and a stream that comes too late is closed', async () => {
    const target = parseRelayUrl('https://relay.example/awcm')
    const { signal } = new AbortController()
    const slow = Promise.withResolvers<PassThrough>()
    const stream = new PassThrough()

    const opening = openTcp(target, { tls: {}, clock: impatient, connect: () => slow.promise }, signal)
    await expect(opening).rejects.toMatchObject({ code: 'DIAL_TCP_TIMEOUT' })
    slow.resolve(stream)

    await expect.poll(() => stream.destroyed, soon).toBe(true)
  })

  test('a failure of the proxy keeps its own words', async () => {
    const target = parseRelayUrl('https://relay.example/awcm')
    const { signal } = new AbortController()
    const connect = () => Promise.reject(dialFailure('HTTP_REFUSED', { details: { httpStatus: 407 } }))

    const opening = openTcp(target, { tls: {}, clock: systemClock, connect }, signal)

    await expect(opening).rejects.toMatchObject({ code: 'DIAL_HTTP_REFUSED', details: { httpStatus: 407 } })
  })

  test('a certificate of an authority nobody here trusts', async () => {
    expect(await failure(await tlsServer(['localhost'], stranger))).toMatchObject({ code: 'DIAL_TLS_UNTRUSTED' })
  })

  test('a certificate for another name, which it says', async () => {
    expect(await failure(await tlsServer(['relay.example'], authority))).toMatchObject({
      code: 'DIAL_TLS_WRONG_NAME',
      details: { certificateNames: 'DNS:relay.example' },
    })
  })

  test('a certificate that has ended', async () => {
    const longAgo = new Date(Date.now() - 800 * 86_400_000)

    expect(await failure(await tlsServer(['localhost'], authority, longAgo))).toMatchObject({
      code: 'DIAL_TLS_EXPIRED',
    })
  })

  test('plain HTTP on a port that should speak TLS', async () => {
    const url = await httpServer((_request, response) => response.end())

    expect(await failure(url.replace('http:', 'https:'))).toMatchObject({ code: 'DIAL_TLS_FAILED' })
  })

  test('a connection that is closed in the TLS handshake', async () => {
    const port = await tcpServer((socket) => socket.once('data', () => socket.destroy()))

    expect(await failure(`https://localhost:${port}/awcm`)).toMatchObject({
      code: 'DIAL_TLS_FAILED',
      details: { reason: 'closed during the handshake' },
    })
  })

  test('a TLS hello without an answer', async () => {
    const port = await tcpServer(() => undefined)

    expect(await failure(`https://localhost:${port}/awcm`, { hopMs: 100 })).toMatchObject({
      code: 'DIAL_TLS_FAILED',
      details: { reason: 'no answer to the TLS hello' },
    })
  })

  test('a page instead of a WebSocket (T11)', async () => {
    const url = await httpServer((_request, response) => response.end('<h1>Sign in to the guest network</h1>'))

    expect(await failure(url)).toMatchObject({ code: 'DIAL_NOT_A_RELAY', details: { httpStatus: 200 } })
  })

  test('a gateway that cannot reach the relay (T11)', async () => {
    const url = await httpServer((_request, response) => response.writeHead(502).end())

    expect(await failure(url)).toMatchObject({ code: 'DIAL_HTTP_REFUSED', details: { httpStatus: 502 } })
  })

  test('a relay that asks to wait', async () => {
    const url = await httpServer((_request, response) => response.writeHead(503, { 'retry-after': '7' }).end())

    expect(await failure(url)).toMatchObject({
      code: 'DIAL_HTTP_REFUSED',
      details: { httpStatus: 503, retryAfterMs: 7000 },
    })
  })

  test('a connection that is closed in the HTTP handshake (T11)', async () => {
    const url = await httpServer(
      () => undefined,
      (socket) => socket.destroy(),
    )

    expect(await failure(url)).toMatchObject({ code: 'DIAL_CUT' })
  })

  test('an HTTP request without an answer', async () => {
    const port = await tcpServer(() => undefined)

    expect(await failure(`http://localhost:${port}/awcm`, { hopMs: 100 })).toMatchObject({ code: 'DIAL_SILENT' })
  })

  test('something that speaks no HTTP at all', async () => {
    const port = await tcpServer((socket) => socket.write('220 mail.example ESMTP\r\n'))

    expect(await failure(`http://localhost:${port}/awcm`)).toMatchObject({ code: 'DIAL_NOT_A_RELAY' })
  })

  test('an answer of endless headers ends, in bounded memory', async () => {
    const port = await tcpServer((socket) => {
      const more = () => {
        if (socket.destroyed) return
        socket.write(`x-header: ${'a'.repeat(1000)}\r\n`)
        setImmediate(more)
      }
      socket.write('HTTP/1.1 101 Switching Protocols\r\n')
      more()
    })

    expect(await failure(`http://localhost:${port}/awcm`)).toMatchObject({ code: 'DIAL_NOT_A_RELAY' })
  })

  test('an upgrade that somebody made up', async () => {
    const url = await httpServer(
      () => undefined,
      (socket) =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm8=\r\n\r\n',
        ),
    )

    expect(await failure(url)).toMatchObject({ code: 'DIAL_NOT_A_RELAY' })
  })

  test('another relay', async () => {
    const other = bench.keep(await startHostileRelay())

    expect(await failure(other.url)).toMatchObject({
      code: 'DIAL_WRONG_RELAY',
      details: { expected: relay, found: other.relay },
    })
  })
})

describe('the relay address', () => {
  test.each([
    ['https://relay.example/awcm', 'relay.example', 443, true],
    ['wss://relay.example:2001', 'relay.example', 2001, true],
    ['http://[::1]:8080/awcm', '::1', 8080, false],
    ['http://relay', 'relay', 80, false],
  ])('%s leads to host %s, port %i', (url, host, port, isTls) => {
    expect(parseRelayUrl(url)).toMatchObject({ host, port, isTls })
  })

  test.each(['relay.example', 'ftp://relay.example', 'https://user:secret@relay.example', ''])(
    '%s is refused',
    (url) => {
      expect(() => parseRelayUrl(url)).toThrow(expect.objectContaining({ code: 'DIAL_BAD_URL' }) as Error)
    },
  )

  test('a password in a refused address is not repeated', () => {
    try {
      parseRelayUrl('https://user:secret@relay.example/awcm')
      expect.unreachable()
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('secret')
    }
  })
})

describe('the check', () => {
  const results = (rows: readonly CheckRow[]) => rows.map(({ target, result }) => `${target.split(' ')[0]}: ${result}`)

  test('walks all hops to a good relay, and proves nothing', async () => {
    const good = bench.keep(await startHostileRelay({ tls: await authority.issue() }))

    const rows = await diagnose(good.url, { tls: { ca: [authority.certificate] }, expectedRelay: good.relay })

    expect(results(rows)).toEqual(['name: ok', 'TCP: ok', 'TLS: ok', 'status: ok', 'relay: ok'])
    expect(rows[2]?.says).toMatch(
      /^TLSv1\.3\. Certificate for DNS:localhost, issued by Sallygate root .* days left\)\.$/,
    )
    expect(rows.every(({ fix, durationMs }) => fix === '' && durationMs >= 0)).toBe(true)
    expect(good.peers()).toEqual([])
    expect(good.recording.messages.filter(({ direction }) => direction === 'in')).toHaveLength(1)
  })

  test('shows the certificate that is not trusted, and stops there', async () => {
    const good = bench.keep(await startHostileRelay({ tls: await stranger.issue() }))

    const rows = await diagnose(good.url, { tls: { ca: [authority.certificate] } })

    expect(results(rows)).toEqual(['name: ok', 'TCP: ok', 'TLS: failed'])
    expect(rows[2]?.says).toContain('issued by Sallygate root')
    expect(rows[2]?.fix).toContain('proxy inspects TLS')
    expect(good.recording.messages).toEqual([])
  })

  test('says a word about a certificate that ends soon', async () => {
    const at = new Date(Date.now() - 390 * 86_400_000)
    const good = bench.keep(await startHostileRelay({ tls: await authority.issue(['localhost'], at) }))

    const rows = await diagnose(good.url, { tls: { ca: [authority.certificate] } })

    expect(results(rows)).toEqual(['name: ok', 'TCP: ok', 'TLS: warning', 'status: ok', 'relay: ok'])
  })

  test('names a relay that is another one, and a plain address', async () => {
    const good = bench.keep(await startHostileRelay())

    const rows = await diagnose(good.url, { expectedRelay: relay })

    expect(results(rows)).toEqual(['name: ok', 'TCP: ok', 'TLS: warning', 'status: ok', 'relay: failed'])
    expect(rows.at(-1)?.says).toContain(good.relay)
  })

  test('tells a web server from a relay', async () => {
    const rows = await diagnose(await httpServer((_request, response) => response.end('hello')))

    expect(results(rows)).toEqual(['name: ok', 'TCP: ok', 'TLS: warning', 'status: ok', 'relay: failed'])
    expect(rows.at(-1)?.says).toContain('it is not a relay')
  })

  test('ends in time when nothing answers', async () => {
    const port = await tcpServer(() => undefined)

    const rows = await diagnose(`http://localhost:${port}/awcm`, { timeoutMs: 100 })

    expect(results(rows)).toEqual(['name: ok', 'TCP: ok', 'TLS: warning', 'status: failed'])
  })

  test('of an address that is none says so', async () => {
    expect(results(await diagnose('relay.example'))).toEqual(['relay: failed'])
  })
})
