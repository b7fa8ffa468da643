import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { anyConsole, consoleAddress, noId, randomId } from '@sallygate/hop'
import { startHostileRelay, type HostileRelay, type HostileRelayOptions } from '@sallygate/testkit/hostile-relay'
import { startLagProxy, type LagWays } from '@sallygate/testkit/lag-proxy'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import type { DialOptions, HopClient } from './index.ts'
import { Bench, firstFailure } from './testing/peers.ts'

/** A busy machine is slow; a test that waits longer than this has failed. */
const soon = { timeout: 8000, interval: 10 }

const bench = new Bench()
let authority: TlsAuthority
beforeAll(async () => {
  authority = await makeTlsAuthority()
})
afterEach(() => bench.clear())

/** Fast beats, so that a black hole is found in real time without waiting fifteen seconds. */
const quick = { pingMs: 150, deadMs: 600, overdueMs: 150, suspectMs: 300, backOffBaseMs: 20 }

async function hostileRelay(options: HostileRelayOptions = {}): Promise<HostileRelay> {
  return bench.keep(await startHostileRelay({ tls: await authority.issue(), ...options }))
}

function client(at: { url: string; relay: string }, options: Partial<DialOptions> = {}): HopClient {
  return bench.client(at, { tls: { ca: [authority.certificate] }, ...options })
}

/** A console that answers every cargo with `re: ` and the cargo. */
function answeringConsole(at: { url: string; relay: string }): HopClient {
  const answering = client(at, {
    address: consoleAddress(randomId()),
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      answering.send(from, Buffer.concat([Buffer.from('re: '), cargo]), { ttlMs: 1000 })
      acknowledge()
    },
  })
  return answering
}

async function throughProxy(relay: HostileRelay, ways: LagWays) {
  const proxy = bench.keep(await startLagProxy({ port: relay.port }, ways))
  return { proxy, at: { relay: relay.relay, url: `https://localhost:${proxy.port}/awcm` } }
}

describe('a session over TLS', () => {
  test('carries a cargo to the console and its answer back', async () => {
    const relay = await hostileRelay()
    await answeringConsole(relay).attached()
    const answer = Promise.withResolvers<string>()
    const connector = client(relay, { onCargo: (_from, cargo) => answer.resolve(cargo.toString()) })
    await connector.attached()

    await connector.send(anyConsole, Buffer.from('hello'), { ttlMs: 1000 }).handed

    expect(await answer.promise).toBe('re: hello')
  })

  test('carries many cargos in a burst without losing one', async () => {
    const relay = await hostileRelay()
    await answeringConsole(relay).attached()
    const answers = new Set<string>()
    const all = Promise.withResolvers<void>()
    const connector = client(relay, {
      onCargo: (_from, cargo, _ttlMs, acknowledge) => {
        acknowledge()
        answers.add(cargo.toString())
        if (answers.size === 2000) all.resolve()
      },
    })
    await connector.attached()

    for (let n = 0; n < 2000; n++) connector.send(anyConsole, Buffer.from(`${n}`), { ttlMs: 5000 })
    await all.promise

    expect(answers.size).toBe(2000)
    expect(connector.status().garbageFrames).toBe(0)
  })

  test('lets a guest in without knowing the relay, under a name the relay made', async () => {
    const relay = await hostileRelay()

    const guest = bench.guest(relay.url, { tls: { ca: [authority.certificate] } })
    await guest.attached()

    expect(guest.state).toMatchObject({ kind: 'attached', relay: relay.relay })
    expect(relay.peer('guest').address?.instance).not.toBe(noId)
  })

  test('goes direct, whatever proxy the environment names', async () => {
    const relay = await hostileRelay()
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, 'http://127.0.0.1:9')
    }
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')
    try {
      await client(relay).attached()
    } finally {
      vi.unstubAllEnvs()
    }

    expect(relay.peers()).toHaveLength(1)
  })

  test('stops with what was sent delivered, and without leaving a socket', async () => {
    const relay = await hostileRelay()
    const connector = client(relay)
    await connector.attached()

    connector.send(anyConsole, Buffer.alloc(200_000), { ttlMs: 1000 })
    await connector.stop()

    await expect.poll(() => relay.peers(), soon).toEqual([])
    expect(relay.recording.received(1).at(-1)?.length).toBeGreaterThan(200_000)
    expect(connector.state.kind).toBe('stopped')
  })

  test('leaves no socket and no timer behind when it is stopped, at whatever moment', async () => {
    const relay = await hostileRelay()
    const held = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap' || kind === 'Timeout').length
    const before = held()

    for (const waitMs of [0, 1, 3, 5, 8, 12, 20, 40]) {
      const connector = client(relay)
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      await connector.stop()
    }

    await expect.poll(held, soon).toBeLessThanOrEqual(before)
  })

  test('an orderly departure is preceded by the next session', async () => {
    const relay = await hostileRelay()
    const connector = client(relay)
    await connector.attached()

    relay.peer('connector').send({ type: 'goAway', afterMs: 20, reason: 'stopping' })
    await expect.poll(() => connector.status().handOvers, soon).toBe(1)

    expect(connector.status()).toMatchObject({ state: 'attached', reconnects: 0 })
  })
})

describe('on a bad network', () => {
  test('one byte at a time gives the same answers (T08)', async () => {
    const relay = await hostileRelay()
    await answeringConsole(relay).attached()
    const { at } = await throughProxy(relay, { sliceBytes: 1 })
    const answer = Promise.withResolvers<string>()
    const connector = client(at, { onCargo: (_from, cargo) => answer.resolve(cargo.toString()) })
    await connector.attached()

    connector.send(anyConsole, Buffer.from('slowly'), { ttlMs: 5000 })

    expect(await answer.promise).toBe('re: slowly')
  })

  test('a black hole is found without TCP saying anything, and the line is dialled again (T03)', async () => {
    const relay = await hostileRelay()
    const { proxy, at } = await throughProxy(relay, {})
    const connector = client(at, { tuning: quick })
    await connector.attached()

    proxy.ways = { blackHole: 'both' }
    await expect.poll(() => connector.status().lastFailure?.code, soon).toBe('DIAL_SILENT')
    proxy.ways = {}
    proxy.reset()

    await expect.poll(() => connector.state.kind, soon).toBe('attached')
    expect(connector.status().reconnects).toBeGreaterThan(0)
  })

  test('a black hole in one direction is found too (T04)', async () => {
    const relay = await hostileRelay()
    const { proxy, at } = await throughProxy(relay, {})
    const connector = client(at, { tuning: quick })
    await connector.attached()

    proxy.ways = { blackHole: 'toClient' }

    await expect.poll(() => connector.status().lastFailure?.code, soon).toBe('DIAL_SILENT')
  })

  test('a reset is a lost session, and the next one comes (T09)', async () => {
    const relay = await hostileRelay()
    const { proxy, at } = await throughProxy(relay, {})
    const connector = client(at, { tuning: quick })
    await connector.attached()
    const sending = connector.send(anyConsole, Buffer.from('?'), { ttlMs: 5000 })
    await sending.handed

    proxy.reset()

    await expect(sending.fate).rejects.toMatchObject({ code: expect.stringMatching(/^DIAL_(LOST|NO_SUCH_PEER)$/) })
    await expect.poll(() => connector.status().reconnects, soon).toBe(1)
  })

  test('a half close is the end of a session', async () => {
    const relay = await hostileRelay()
    const { proxy, at } = await throughProxy(relay, {})
    const connector = client(at, { tuning: quick })
    await connector.attached()

    proxy.halfClose()

    await expect.poll(() => connector.status().lastFailure?.code, soon).toBe('DIAL_LOST')
  })

  test('a connection cut after any number of bytes is a named failure, never an error of ours', async () => {
    const relay = await hostileRelay()
    for (const cutAfterBytes of [0, 1, 100, 700, 1200, 1400, 1500, 1600, 1700]) {
      const { at } = await throughProxy(relay, { cutAfterBytes })

      const found = await firstFailure((options) => client(at, { tuning: { ...quick, hopMs: 500 }, ...options }))

      expect(found).toMatchObject({ code: expect.stringMatching(/^DIAL_(TLS_FAILED|CUT|LOST|SILENT)$/) })
    }
  })
})

describe('a relay that abuses the WebSocket', () => {
  async function abused(abuse: (peer: ReturnType<HostileRelay['peer']>) => void): Promise<unknown> {
    const relay = await hostileRelay()
    const failed = Promise.withResolvers<unknown>()
    const connector = client(relay, {
      onState: (state) => {
        if ('failure' in state) failed.resolve(state.failure)
      },
    })
    await connector.attached()
    abuse(relay.peer('connector'))
    return await failed.promise
  }

  const header = (first: number, length: number) => {
    const bytes = Buffer.alloc(10)
    bytes.set([first, 127])
    bytes.writeBigUInt64BE(BigInt(length), 2)
    return bytes
  }

  test.each<[string, string, (peer: ReturnType<HostileRelay['peer']>) => void]>([
    ['a text message', 'text message', (peer) => peer.sendRaw(Buffer.from('{}'), true)],
    [
      'a message over a megabyte',
      'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
      (peer) => peer.sendRaw(Buffer.alloc(1024 * 1024 + 1)),
    ],
    ['a length of a gigabyte', 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', (peer) => peer.sendBytes(header(0x82, 2 ** 30))],
    [
      'a length of 2^53 − 1',
      'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
      (peer) => peer.sendBytes(header(0x82, Number.MAX_SAFE_INTEGER)),
    ],
    [
      'a hundred fragments',
      'WS_ERR_TOO_MANY_BUFFERED_PARTS',
      (peer) => {
        peer.sendBytes(Buffer.from([0x02, 1, 0x42]))
        for (let n = 0; n < 100; n++) peer.sendBytes(Buffer.from([0x00, 1, 0]))
      },
    ],
    ['a compressed message', 'WS_ERR_UNEXPECTED_RSV_1', (peer) => peer.sendBytes(Buffer.from([0xc2, 1, 0]))],
    [
      'a flood of WebSocket pings',
      'control frame flood',
      (peer) => {
        for (let n = 0; n < 1000; n++) peer.sendBytes(Buffer.from([0x89, 0]))
      },
    ],
    ['a reserved opcode', 'WS_ERR_INVALID_OPCODE', (peer) => peer.sendBytes(Buffer.from([0x83, 0]))],
    ['a masked message', 'WS_ERR_UNEXPECTED_MASK', (peer) => peer.sendBytes(Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5]))],
  ])('%s ends the session as a protocol failure (T12)', async (_name, reason, abuse) => {
    expect(await abused(abuse)).toMatchObject({ code: 'DIAL_PROTOCOL', details: { reason } })
  })

  test('a flood of garbage is cut off after a handful, and nothing is kept (T46)', async () => {
    const relay = await hostileRelay()
    const connector = client(relay, { tuning: { backOffBaseMs: 60_000 } })
    await connector.attached()
    const before = process.memoryUsage().rss

    for (let n = 0; n < 20_000; n++) relay.peer('connector').sendRaw(Buffer.alloc(1024, 0xff))
    await expect.poll(() => connector.status().lastFailure?.details, soon).toMatchObject({ garbageFrames: 65 })

    // The relay's own recording of 20 MB is part of this process.
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
  })
})
