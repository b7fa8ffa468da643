import { createHash } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  anyConsole,
  connectorAddress,
  encodeFrame,
  makePollKey,
  pollHelloLayout,
  pollKeys,
  pollNonce,
  pollPath,
  pollWelcomeLayout,
  randomId,
  randomToken,
} from '@sallygate/hop'
import { statisticsOf } from './testing/pages-client.ts'
import { RawSocket, hugeHeader, upgradeRequest, webSocketFrame } from './testing/raw-socket.ts'
import { addressOf, person, type TrialPeer } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

// One process takes it all in turn: whatever one attack leaves behind, the next ones meet.
let trial: Trial
let child: ChildProcess
let console_: TrialPeer
let connector: TrialPeer
/** Before the first attack. */
let heldAtFirst: number
const honest = person('connector')
const hostile = person('connector')

const megabyte = 1024 * 1024
const unprovenCaps = { maxUnproven: 700, maxUnprovenPerAddress: 700, attachmentsPerSecond: 2000 }

beforeAll(async () => {
  trial = Trial.prepare()
  child = await trial.startProcess(unprovenCaps)
  console_ = await trial.attachConsole()
  await trial.admit(console_, honest, hostile)
  connector = await trial.attach(honest)
  await expectServed()
  heldAtFirst = await heldMegabytes()
})

afterAll(async () => {
  await trial[Symbol.asyncDispose]()
})

/** The smallest of some readings, each after its garbage was collected. */
async function residentMegabytes(): Promise<number> {
  const readings: number[] = []
  for (let reading = 0; reading < 4; reading++) {
    readings.push((await trial.memoryOf(child)).rssBytes)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return Math.min(...readings) / megabyte
}

/** Without what the allocators keep for the next flood: that depends on how fast this one came. */
async function heldMegabytes(): Promise<number> {
  return (await trial.memoryOf(child)).heldBytes / megabyte
}

/** The relay lives, and those who behave are served as before. */
async function expectServed(): Promise<void> {
  const startedMs = performance.now()
  console_.cargo(addressOf(honest), 'still here?')
  const { from } = await connector.next('cargo')
  connector.send({ type: 'credit', count: 1 })
  connector.cargo(from, 'yes')
  await console_.next('cargo')
  console_.send({ type: 'credit', count: 1 })
  expect(performance.now() - startedMs).toBeLessThan(1000)
  expect(child.exitCode).toBeNull()
}

describe('before the proof (T12, T14)', () => {
  test.each<[string, () => Promise<RawSocket>]>([
    [
      'plain HTTP on the TLS port',
      async () => {
        const raw = await RawSocket.tcp(trial)
        raw.socket.write('GET / HTTP/1.1\r\nhost: relay\r\n\r\n')
        return raw
      },
    ],
    [
      'a ClientHello that promises nothing sensible',
      async () => {
        const raw = await RawSocket.tcp(trial)
        raw.socket.write(Buffer.from([0x16, 3, 1, 0xff, 0xff, 1, 0xff, 0xff, 0xff, 3, 3]))
        raw.socket.write(Buffer.alloc(70_000, 0x41))
        return raw
      },
    ],
    [
      'a server name with a NUL in it',
      async () => {
        const raw = await RawSocket.tcp(trial)
        raw.socket.write(clientHello(Buffer.from('relay\0.evil')))
        return raw
      },
    ],
    [
      'a server name of 16,000 bytes',
      async () => {
        const raw = await RawSocket.tcp(trial)
        raw.socket.write(clientHello(Buffer.alloc(16_000, 0x61)))
        return raw
      },
    ],
    [
      '2,000 headers',
      async () => {
        const raw = await RawSocket.tls(trial)
        raw.socket.write(upgradeRequest(Array.from({ length: 2000 }, (_, index) => `x-${index}: ${index}`)))
        return raw
      },
    ],
    [
      '100 short headers',
      async () => {
        const raw = await RawSocket.tls(trial)
        raw.socket.write(upgradeRequest(Array.from({ length: 100 }, (_, index) => `a${index}: 1`)))
        return raw
      },
    ],
    [
      'a header line without end',
      async () => {
        const raw = await RawSocket.tls(trial)
        raw.socket.write(`GET /${'a'.repeat(40_000)}`)
        return raw
      },
    ],
    [
      'garbage instead of HTTP',
      async () => {
        const raw = await RawSocket.tls(trial)
        raw.socket.write(Buffer.alloc(1000, 0xfe))
        return raw
      },
    ],
    [
      'a body that never ends',
      async () => {
        const raw = await RawSocket.tls(trial)
        raw.socket.write('POST /status HTTP/1.1\r\nhost: relay\r\ncontent-length: 99999999\r\n\r\n')
        raw.socket.write(Buffer.alloc(100_000))
        return raw
      },
    ],
    [
      'a frame header that promises 100 MiB',
      async () => {
        const raw = await RawSocket.webSocket(trial)
        raw.socket.write(hugeHeader(100 * 1024 * 1024))
        return raw
      },
    ],
    [
      'a frame under 1 MiB that a stranger has no use for',
      async () => {
        const raw = await RawSocket.webSocket(trial)
        raw.socket.write(hugeHeader(1_000_000))
        raw.socket.write(Buffer.alloc(200_000))
        return raw
      },
    ],
    [
      'a text frame',
      async () => {
        const raw = await RawSocket.webSocket(trial)
        raw.socket.write(webSocketFrame(Buffer.from('hello'), { opcode: 1 }))
        return raw
      },
    ],
    [
      'a frame without a mask',
      async () => {
        const raw = await RawSocket.webSocket(trial)
        raw.socket.write(webSocketFrame(Buffer.from([1]), { isMasked: false }))
        return raw
      },
    ],
  ])('%s closes that socket and nothing else', async (_what, attack) => {
    const raw = await attack()

    await raw.closed

    await expectServed()
  })

  test('a ping flood before the proof is not answered without end', async () => {
    const raw = await RawSocket.webSocket(trial)
    const ping = webSocketFrame(Buffer.alloc(100), { opcode: 9 })

    for (let count = 0; count < 1000 && !raw.socket.destroyed; count++) raw.socket.write(ping)
    await raw.closed

    expect(raw.received.length).toBeLessThan(5000)
    await expectServed()
  })

  test('an offer to compress is not taken', async () => {
    const raw = await RawSocket.webSocket(trial, 'sec-websocket-extensions: permessage-deflate; client_max_window_bits')

    expect(raw.received.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
    expect(raw.received.toString('latin1').toLowerCase()).not.toContain('sec-websocket-extensions')
    raw.socket.destroy()
  })

  test('500 idle sockets and slow hellos are gone within 10 s, and nobody waits for them meanwhile', async () => {
    const before = await residentMegabytes()
    const startedMs = performance.now()
    const idle = await Promise.all(Array.from({ length: 500 }, () => RawSocket.tcp(trial)))
    const slow = await Promise.all(Array.from({ length: 20 }, () => RawSocket.tcp(trial)))
    const hello = clientHello(Buffer.from('relay'))
    let at = 0
    const dripping = setInterval(() => {
      for (const { socket } of slow) if (!socket.destroyed) socket.write(hello.subarray(at, at + 1))
      at++
    }, 500)

    await expectServed()
    const newcomerMs = performance.now()
    const newcomer = await trial.attach(hostile)
    expect(performance.now() - newcomerMs).toBeLessThan(1000)
    newcomer.socket.terminate()
    const held = (await residentMegabytes()) - before
    await Promise.all([...idle, ...slow].map(({ closed }) => closed))
    clearInterval(dripping)

    expect(performance.now() - startedMs).toBeLessThan(10_500)
    expect(held).toBeLessThan(520 * 0.064)
    await expectServed()
  }, 20_000)

  test('more strangers than there are places are turned away at once, and those attached stay', async () => {
    const crowd = await Promise.all(Array.from({ length: 900 }, () => RawSocket.tcp(trial)))

    let turnedAwayHere = 0
    await new Promise<void>((resolve) => {
      for (const { closed } of crowd) void closed.then(() => ++turnedAwayHere === 200 && resolve())
    })
    await expectServed()
    const standing = crowd.filter(({ socket }) => !socket.destroyed)
    for (const { socket } of crowd) socket.destroy()
    await Promise.all(crowd.map(({ closed }) => closed))

    expect(standing.length).toBeGreaterThan(600)
    expect(standing.length).toBeLessThanOrEqual(700)
    const { turnedAway } = await statisticsOf(trial)
    expect(Number(turnedAway['unprovenCap']) + Number(turnedAway['addressCap'])).toBeGreaterThanOrEqual(200)
  })
})

describe('after the proof (T12, T46)', () => {
  const rules: readonly [string, Buffer, number][] = [
    ['a text frame', webSocketFrame(Buffer.from('hello'), { opcode: 1 }), 1003],
    ['a reserved bit, which is also a compressed frame', webSocketFrame(Buffer.from([1]), { reserved: 0x40 }), 1002],
    ['an unmasked frame', webSocketFrame(Buffer.from([1]), { isMasked: false }), 1002],
    ['a reserved opcode', webSocketFrame(Buffer.from([1]), { opcode: 3 }), 1002],
    ['a frame header that promises 100 MiB', hugeHeader(100 * 1024 * 1024), 1009],
    ['a continuation of nothing', webSocketFrame(Buffer.from([1]), { opcode: 0 }), 1002],
    ['a long control frame', webSocketFrame(Buffer.alloc(126), { opcode: 9 }), 1002],
    ['a frame of no type', webSocketFrame(Buffer.from([0xff, 1, 2])), 1008],
    ['an empty frame', webSocketFrame(Buffer.alloc(0)), 1008],
    ['a cargo cut short', webSocketFrame(cargo().subarray(0, 40)), 1008],
    [
      'a frame only a relay sends',
      webSocketFrame(encodeFrame({ type: 'goAway', afterMs: 0, reason: 'stopping' })),
      1008,
    ],
  ]
  test.each(rules)('%s closes with the code of RFC 6455 (PROTOCOL M-H1, PROTOCOL M-H3)', async (_what, bytes, code) => {
    const raw = await RawSocket.attached(trial, hostile)

    raw.socket.write(bytes)
    await raw.closed

    expect(raw.closeCode()).toBe(code)
    await expectServed()
  })

  test('20 peers with thousands of unfinished fragments each cost next to nothing (M-4)', async () => {
    const raws = await Promise.all(Array.from({ length: 4 }, () => RawSocket.attached(trial, hostile)))
    const before = await residentMegabytes()
    const first = webSocketFrame(Buffer.from([0x41]), { isFinal: false })
    const more = Buffer.concat(
      Array.from({ length: 16_000 }, () => webSocketFrame(Buffer.from([0x41]), { opcode: 0, isFinal: false })),
    )

    for (let round = 0; round < 5; round++) {
      const attackers = round === 0 ? raws : await Promise.all(raws.map(() => RawSocket.attached(trial, hostile)))
      for (const { socket } of attackers) socket.write(Buffer.concat([first, more]))
      await Promise.all(attackers.map(({ closed }) => closed))
    }

    expect((await residentMegabytes()) - before).toBeLessThan(16)
    await expectServed()
  })

  test('a ping flood is answered ten times and no more', async () => {
    const raw = await RawSocket.attached(trial, hostile)
    raw.received = Buffer.alloc(0)
    const ping = webSocketFrame(Buffer.alloc(0), { opcode: 9 })

    raw.socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => ping)))
    raw.socket.write(webSocketFrame(cargo()))
    await raw.until((bytes) => bytes.includes(Buffer.from([0x82, 14, 0x04])))

    expect(raw.received.filter((byte) => byte === 0x8a).length).toBeLessThanOrEqual(12)
    raw.socket.destroy()
    await expectServed()
  })

  test('garbage at line rate from an attached peer does not keep the others waiting (T46)', async () => {
    const raw = await RawSocket.attached(trial, hostile)
    const flood = Buffer.concat(Array.from({ length: 500 }, () => webSocketFrame(cargo())))
    const drained = () => new Promise<void>((resolve) => raw.socket.once('drain', () => resolve()))
    let isFlooding = true
    const flooding = (async () => {
      while (isFlooding && !raw.socket.destroyed) {
        if (!raw.socket.write(flood)) await Promise.race([drained(), raw.closed])
      }
    })()

    for (let round = 0; round < 20; round++) await expectServed()
    isFlooding = false
    raw.socket.destroy()
    await flooding
  })
})

describe('plain requests (T12, T14)', () => {
  const hello = () => pollHelloLayout.encode({ version: 1, key: makePollKey().publicKey })
  const http = (line: string, body: Buffer = Buffer.alloc(0), ...headers: readonly string[]) =>
    Buffer.concat([
      Buffer.from(
        [`${line} HTTP/1.1`, 'host: relay', `content-length: ${body.length}`, ...headers, '', ''].join('\r\n'),
      ),
      body,
    ])
  const post = (body: Buffer, ...headers: readonly string[]) => http('POST /awcm/poll', body, ...headers)

  /** A session that nobody has proven anything over, and a request in its name. */
  async function stranger() {
    const key = makePollKey()
    const raw = await RawSocket.tls(trial)
    raw.socket.write(post(pollHelloLayout.encode({ version: 1, key: key.publicKey })))
    await raw.until((bytes) => bytes.includes('\r\n\r\n') && bytes.length > bytes.indexOf('\r\n\r\n') + 90)
    const welcome = pollWelcomeLayout.decode(raw.received.subarray(raw.received.indexOf('\r\n\r\n') + 4))
    const keys = pollKeys(key, welcome.key, pollNonce(welcome.session, key.publicKey, welcome.key, welcome.salt))
    if (keys === undefined) throw new Error('no keys')
    raw.received = Buffer.alloc(0)
    return { raw, keys, session: welcome.session }
  }

  test.each<[string, () => Buffer]>([
    ['a hello that is too long', () => post(Buffer.alloc(34))],
    ['a hello that is too short', () => post(Buffer.alloc(10))],
    [
      'a hello that promises a gigabyte',
      () => Buffer.from('POST /poll HTTP/1.1\r\nhost: r\r\ncontent-length: 1073741824\r\n\r\n'),
    ],
    [
      'a hello in chunks without end',
      () =>
        Buffer.from(
          `POST /poll HTTP/1.1\r\nhost: r\r\ntransfer-encoding: chunked\r\n\r\n${'10\r\n0123456789abcdef\r\n'.repeat(20)}`,
        ),
    ],
    ['a key of low order', () => post(Buffer.concat([Buffer.from([1]), Buffer.alloc(32)]))],
    [
      'a session that is not there',
      () => http(`POST /poll/${'ab'.repeat(16)}/up/1/${'cd'.repeat(32)}/${'ef'.repeat(16)}`, Buffer.alloc(100)),
    ],
    ['a path of no form', () => http('GET /poll/../../etc/passwd')],
    ['a method that is none', () => http('DELETE /poll')],
  ])('%s gets the 404 of all, and nothing is kept (PROTOCOL M-H31)', async (_what, bytes) => {
    const raw = await RawSocket.tls(trial)
    raw.socket.write(bytes())
    await raw.closed

    expect(raw.received.toString('latin1')).toMatch(/^HTTP\/1\.1 404 [\s\S]*not found\n$/)
    await expectServed()
  })

  test('a wrong MAC is found out before a byte of the body is read (PROTOCOL M-H31)', async () => {
    const { raw, session } = await stranger()

    raw.socket.write(
      `POST /poll/${session}/up/1/${'cd'.repeat(32)}/${'ef'.repeat(16)} HTTP/1.1\r\nhost: r\r\ncontent-length: 5000\r\n\r\n`,
    )
    await raw.closed

    expect(raw.received.toString('latin1')).toMatch(/^HTTP\/1\.1 404 /)
    await expectServed()
  })

  test('a stranger’s batch above 4 KiB is refused for what it says of itself, a request to come down is told nothing (PROTOCOL M-H32)', async () => {
    const { raw, keys, session } = await stranger()
    const body = Buffer.alloc(8000)
    const detail = createHash('sha256').update(body).digest('hex')

    raw.socket.write(http(`POST /awcm${pollPath({ session, direction: 'up', number: 1, detail }, keys)}`, body))
    await raw.closed

    expect(raw.received.toString('latin1')).toMatch(/^HTTP\/1\.1 404 /)
    const { raw: other, keys: otherKeys, session: otherSession } = await stranger()
    const down = { session: otherSession, direction: 'down', number: 1, detail: '0' } as const
    other.socket.write(http(`GET /awcm${pollPath(down, otherKeys)}`))
    await other.closed
    expect(other.received.toString('latin1')).not.toMatch(/^HTTP\/1\.1 200 [\s\S]*attached/)
    await expectServed()
  }, 15_000)

  test('a thousand hellos leave no session behind after ten seconds (PROTOCOL M-H32)', async () => {
    const raws = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const raw = await RawSocket.tls(trial)
        for (let count = 0; count < 10; count++) raw.socket.write(post(hello()))
        return raw
      }),
    )
    await expectServed()
    await Promise.all(raws.map(({ closed }) => closed))

    const { turnedAway, longPolls } = await statisticsOf(trial)

    expect(longPolls).toBe(0)
    expect(
      Number(turnedAway['tooLate']) + Number(turnedAway['rate']) + Number(turnedAway['unprovenCap']),
    ).toBeGreaterThan(100)
    await expectServed()
  }, 20_000)
})

test('after all of it the relay has not grown and has let go of every socket', async () => {
  await expect
    .poll(() => statisticsOf(trial), { timeout: 8000 })
    .toMatchObject({ consoles: 1, connectors: 1, unproven: 1 })

  expect((await heldMegabytes()) - heldAtFirst).toBeLessThan(8)
  await expectServed()
})

/** A cargo to somebody who is not there. */
function cargo(): Buffer {
  const to = connectorAddress(randomId(), randomId())
  return encodeFrame({
    type: 'cargo',
    to,
    from: anyConsole,
    token: randomToken(),
    ttlMs: 1000,
    cargo: Buffer.from('x'),
  })
}

/** A TLS 1.2 ClientHello with this server name, as no library would send it. */
function clientHello(name: Buffer): Buffer {
  const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
  const entry = Buffer.concat([Buffer.from([0]), u16(name.length), name])
  const extension = Buffer.concat([u16(0), u16(entry.length + 2), u16(entry.length), entry])
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    Buffer.from([0]),
    u16(2),
    Buffer.from([0xc0, 0x2f]),
    Buffer.from([1, 0]),
    u16(extension.length),
    extension,
  ])
  const handshake = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body])
  const records = []
  for (let at = 0; at < handshake.length; at += 16_000) {
    const part = handshake.subarray(at, at + 16_000)
    records.push(Buffer.from([0x16, 3, 1]), u16(part.length), part)
  }
  return Buffer.concat(records)
}
