import { createHash } from 'node:crypto'
import { createServer as createHttpServer, request as sendRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { anyConsole, connectorAddress, consoleAddress, randomId } from '@sallygate/hop'
import { HopClient } from './client.ts'
import type { DialOptions } from './dial.ts'
import { longPollOpener } from './long-poll-wire.ts'
import { parseRelayUrl } from './relay-url.ts'
import { Bench, keyed } from './testing/peers.ts'
import { realRelay } from './testing/real-relay.ts'
import { Ways } from './ways.ts'
import { defaultTuning, type DialTuning } from './tuning.ts'

const soon = { timeout: 10_000, interval: 10 }
const bench = new Bench()
afterEach(() => bench.clear())

type Relay = Awaited<ReturnType<typeof realRelay>>

/** A client that polls, whatever else it could. */
function polling(
  url: string,
  relay: Relay,
  who: Pick<DialOptions, 'address' | 'publicKey' | 'sign'>,
  handlers: Pick<DialOptions, 'onCargo' | 'onState'> = {},
  tuning: Partial<DialTuning> = {},
): HopClient {
  const { address, publicKey, sign } = who
  const longPoll = longPollOpener(parseRelayUrl(url), { tls: relay.tls, clock: systemClock })
  const ways = new Ways({ longPoll }, { clock: systemClock, random: Math.random, first: 'longPoll' })
  return bench.keep(
    new HopClient(ways, {
      relayUrl: url,
      identity: { ...address, publicKey, software: 'test/1' },
      sign,
      expectedRelay: relay.at.relay,
      clock: systemClock,
      random: Math.random,
      log: silentLog,
      tuning: { ...defaultTuning, backOffBaseMs: 20, ...tuning },
      handlers,
    }),
  )
}

async function pair(relay: Relay, url = relay.at.url, tuning: Partial<DialTuning> = {}) {
  const [group, instance] = [randomId(), randomId()]
  const keys = keyed()
  const console = bench.client(relay.at, {
    ...relay.consoleKeys,
    tls: relay.tls,
    tuning,
    address: consoleAddress(randomId()),
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      acknowledge()
      console.send(from, Buffer.concat([Buffer.from('re: '), cargo]), { ttlMs: 5000 })
    },
  })
  await console.attached()
  await console.admit(1, await relay.list(1, [{ role: 'connector', group, instance, publicKey: keys.publicKey }]))
  const heard: string[] = []
  const address = connectorAddress(group, instance)
  const onCargo: DialOptions['onCargo'] = (_from, cargo, _ttlMs, acknowledge) => {
    heard.push(cargo.toString())
    acknowledge()
  }
  const connector = polling(url, relay, { address, ...keys }, { onCargo }, tuning)
  await connector.attached()
  return { console, connector, heard, address }
}

type Way = (request: IncomingMessage, number: number) => 'pass' | 'cutBefore' | 'cutAfter' | 'twice' | 'tamper' | number

/** A proxy that understands HTTP: it passes requests on, and does to some of them what a test asks. */
async function meddler(relay: Relay, way: Way, upgrade?: (socket: Duplex, request: IncomingMessage) => void) {
  const seen: { readonly method: string; readonly path: string; readonly body: Buffer }[] = []
  const server = createHttpServer((request, response) => {
    const number = seen.length
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      seen.push({ method: request.method ?? '', path: request.url ?? '', body })
      const what = way(request, number)
      if (what === 'cutBefore') return request.socket.destroy()
      if (typeof what === 'number') return response.writeHead(what).end('<html>no</html>')
      const pass = async () => await forward(relay, request.method ?? '', request.url ?? '', body)
      const first = what === 'twice' ? pass() : Promise.resolve()
      first
        .then(pass)
        .then(({ status, headers, body: answer }) => {
          if (what === 'cutAfter') return request.socket.destroy()
          if (what === 'tamper') answer.writeUInt8((answer[answer.length - 1] ?? 0) ^ 1, answer.length - 1)
          const { 'retry-after': retryAfter } = headers
          response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(answer)
        })
        .catch(() => request.socket.destroy())
    })
  })
  if (upgrade !== undefined) server.on('upgrade', (request, socket) => upgrade(socket, request))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  bench.keep({
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/awcm`, seen }
}

function forward(relay: Relay, method: string, path: string, body: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
    const port = relay.running.internalPort ?? 0
    const headers = body.length === 0 && method === 'GET' ? {} : { 'content-length': body.length }
    const sending = sendRequest({ host: '127.0.0.1', port, method, path, agent: false, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
      response.on('error', reject)
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

const plain = { internalPort: 0 }

describe('over plain requests', () => {
  test('a peer proves itself, asks and is answered, and leaves (PROTOCOL M-H29)', async () => {
    const relay = await realRelay(bench)
    const { connector, heard } = await pair(relay)

    await connector.send(anyConsole, Buffer.from('hello'), { ttlMs: 1000 }).handed

    await expect.poll(() => heard, soon).toEqual(['re: hello'])
    expect(relay.running.statistics()).toMatchObject({ connectors: 1, longPolls: 1 })
    await connector.stop()
    await expect.poll(() => relay.running.statistics(), soon).toMatchObject({ connectors: 0, longPolls: 0 })
  })

  test('many cargos in a burst, and large ones, arrive once and in order', async () => {
    const relay = await realRelay(bench)
    const { connector, heard } = await pair(relay)

    const texts = Array.from({ length: 60 }, (_, index) => `${index}`)
    for (const text of texts) connector.send(anyConsole, Buffer.from(text), { ttlMs: 5000 })
    for (let large = 0; large < 4; large++) {
      connector.send(anyConsole, Buffer.alloc(300 * 1024, `${large}`), { ttlMs: 5000 })
    }

    // The largest answers would be too large with `re: ` in front; they are refused at the other end.
    await expect.poll(() => heard, soon).toEqual(texts.map((text) => `re: ${text}`))
    expect(connector.status().reconnects).toBe(0)
  })

  test('what the relay says of its own is heard: an unknown receiver, and a refused proof', async () => {
    const relay = await realRelay(bench)
    const { connector } = await pair(relay)
    const stranger = polling(relay.at.url, relay, { address: connectorAddress(randomId(), randomId()), ...keyed() })

    const sending = connector.send(connectorAddress(randomId(), randomId()), Buffer.from('x'), { ttlMs: 1000 })

    await expect(sending.fate).rejects.toMatchObject({ code: 'DIAL_NOT_ALLOWED' })
    await expect.poll(() => stranger.state, soon).toMatchObject({ failure: { code: 'DIAL_PROOF_REFUSED' } })
  })

  test('a session stands for longer than a connection may rest, with pings alone', async () => {
    const relay = await realRelay(bench)
    const { connector } = await pair(relay, relay.at.url, { pingMs: 200, deadMs: 900 })

    await new Promise((resolve) => setTimeout(resolve, 3000))

    expect(connector.status()).toMatchObject({ state: 'attached', reconnects: 0 })
  })

  test('hands over from session to session like any other (PROTOCOL M-H26)', async () => {
    const relay = await realRelay(bench, { sessionAge: '500ms' })
    const { connector, heard } = await pair(relay, relay.at.url, { minAgeMs: 50 })
    const failures: unknown[] = []

    let asked = 0
    for (const untilMs = performance.now() + 2500; performance.now() < untilMs;) {
      const { fate, handed } = connector.send(anyConsole, Buffer.from(`${asked++}`), { ttlMs: 5000 })
      for (const promise of [fate, handed]) promise.catch((error: unknown) => failures.push(error))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }

    await expect.poll(() => new Set(heard).size, { timeout: 5000 }).toBe(asked)
    expect(failures).toEqual([])
    expect(heard).toHaveLength(asked)
    expect(connector.status().handOvers).toBeGreaterThan(2)
  })
})

describe('through somebody who meddles', () => {
  const isPoll = ({ url = '' }: IncomingMessage) => /\/poll\/.+/.test(url)
  const every =
    (nth: number, what: ReturnType<Way>): Way =>
    (request, number) =>
      isPoll(request) && number % nth === nth - 1 ? what : 'pass'

  test.each<[string, Way]>([
    ['requests that never arrive', every(3, 'cutBefore')],
    ['answers that never arrive', every(3, 'cutAfter')],
    ['requests that arrive twice', every(2, 'twice')],
    ['a gateway that is gone now and then', every(4, 503)],
  ])(
    '%s lose nothing and double nothing (PROTOCOL M-H30)',
    async (_what, way) => {
      const relay = await realRelay(bench, plain)
      const { url } = await meddler(relay, way)
      const { connector, heard } = await pair(relay, url)

      const texts = Array.from({ length: 40 }, (_, index) => `${index}`)
      for (const text of texts) {
        connector.send(anyConsole, Buffer.from(text), { ttlMs: 20_000 })
        await new Promise((resolve) => setTimeout(resolve, 10))
      }

      await expect.poll(() => heard.length, soon).toBeGreaterThanOrEqual(texts.length)
      expect(heard).toEqual(texts.map((text) => `re: ${text}`))
      expect(connector.status().reconnects).toBe(0)
    },
    20_000,
  )

  test('an answer that was altered ends the session, and nothing of it is believed (PROTOCOL M-H31)', async () => {
    const relay = await realRelay(bench, plain)
    let isTampering = false
    const { url } = await meddler(relay, (request) => (isTampering && isPoll(request) ? 'tamper' : 'pass'))
    const { connector, heard } = await pair(relay, url)

    isTampering = true
    connector.send(anyConsole, Buffer.from('x'), { ttlMs: 1000 })

    await expect.poll(() => connector.status().lastFailure?.code, soon).toBe('DIAL_PROTOCOL')
    expect(heard).toEqual([])
  })

  test('what was recorded is worth nothing: every request of a live session, made again, gets the 404 of all (PROTOCOL M-H31)', async () => {
    const relay = await realRelay(bench, plain)
    const { url, seen } = await meddler(relay, () => 'pass')
    const { connector, console, heard, address } = await pair(relay, url)
    connector.send(anyConsole, Buffer.from('once'), { ttlMs: 1000 })
    await expect.poll(() => heard, soon).toEqual(['re: once'])
    const recorded = seen.filter(({ path }) => path.includes('/poll/'))

    const latestUp = recorded.findLast(({ method }) => method === 'POST')
    const answers = await Promise.all(
      recorded.map(async (one) => ({ one, ...(await forward(relay, one.method, one.path, one.body)) })),
    )

    expect(recorded.length).toBeGreaterThan(3)
    // The last batch may be asked about again: that is how a lost answer is found out, and it says nothing.
    for (const { one, status, body } of answers) {
      if (one === latestUp) expect(body).toHaveLength(16)
      else expect({ status, body: body.toString() }).toEqual({ status: 404, body: 'not found\n' })
    }
    console.send(address, Buffer.from('still here'), { ttlMs: 1000 })
    await expect.poll(() => heard, soon).toEqual(['re: once', 'still here'])
  })

  test('who puts himself between with keys of his own gets no proof (PROTOCOL M-H29)', async () => {
    const relay = await realRelay(bench, plain)
    const { url, seen } = await meddler(relay, (request) => (isPoll(request) ? 'pass' : 'tamper'))

    const connector = polling(url, relay, { address: connectorAddress(randomId(), randomId()), ...keyed() })

    await expect.poll(() => connector.state, soon).toMatchObject({ failure: { code: 'DIAL_NOT_A_RELAY' } })
    expect(seen.every(({ path }) => path === '/awcm/poll')).toBe(true)
  })
})

describe('where no WebSocket gets through', () => {
  const accepted = ({ headers }: IncomingMessage) => {
    const key = `${headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    return `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`
  }
  const answer = (head: string) => (socket: Duplex) => void socket.end(`${head}\r\ncontent-length: 0\r\n\r\n`)

  test.each<[string, (socket: Duplex, request: IncomingMessage) => void]>([
    ['200 instead of 101', answer('HTTP/1.1 200 OK')],
    ['403', answer('HTTP/1.1 403 Forbidden')],
    ['a redirect to a portal', answer('HTTP/1.1 302 Found\r\nlocation: http://portal.example/')],
    ['a cut', (socket) => socket.destroy()],
    ['101 and a cut', (socket, request) => void socket.end(accepted(request))],
    ['101 and nothing after it', (socket, request) => void socket.write(accepted(request))],
  ])('%s: a client comes by plain requests by itself (T11)', async (_what, upgrade) => {
    const relay = await realRelay(bench, plain)
    const { url } = await meddler(relay, () => 'pass', upgrade)
    const remembered: string[] = []

    const client = bench.client(relay.at, {
      relayUrl: url,
      ...relay.consoleKeys,
      address: consoleAddress(randomId()),
      tuning: { backOffBaseMs: 20, proofMs: 500, hopMs: 1000 },
      way: { first: 'webSocket', onChange: (way) => void remembered.push(way) },
    })
    await client.attached()

    expect(client.status().way).toBe('longPoll')
    expect(remembered).toEqual(['longPoll'])
  })
})
