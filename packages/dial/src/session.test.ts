import { afterEach, describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { silentLog } from '@sallygate/base/log'
import { anyConsole, hopVersion, limits, verifyProof, type RosterEntry } from '@sallygate/hop'
import type { HopClient } from './client.ts'
import { dialFailure } from './failures.ts'
import { scriptedClient, ScriptedRelay } from './testing/scripted-relay.ts'

const clients: HopClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
})

async function attached(options: Parameters<typeof scriptedClient>[2] = {}, window = 32) {
  const clock = new FakeClock()
  const relay = new ScriptedRelay(clock)
  relay.window = window
  const client = scriptedClient(relay, clock, options)
  clients.push(client)
  await clock.advance(1)
  expect(client.state.kind).toBe('attached')
  return { clock, relay, client, wire: relay.wire }
}

const entry: RosterEntry = {
  role: 'connector',
  group: '11'.repeat(16),
  instance: '22'.repeat(16),
  attachment: '33'.repeat(8),
  since: new Date('2026-11-22T12:00:00Z'),
  isDraining: false,
}

describe('the proof', () => {
  test('covers the nonce and the relay that asked, and only that', async () => {
    const { relay, wire } = await attached()

    const [proof] = wire.sentOf('proof')

    expect(proof).toBeDefined()
    if (proof === undefined) return
    expect(verifyProof(proof, { relay: relay.relay, nonce: Buffer.alloc(32) })).toBe(true)
    expect(verifyProof(proof, { relay: relay.relay, nonce: Buffer.alloc(32, 1) })).toBe(false)
    expect(verifyProof(proof, { relay: '00'.repeat(16), nonce: Buffer.alloc(32) })).toBe(false)
  })

  test('is not made for another relay, which learns neither key nor name', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    const client = scriptedClient(relay, clock, { expectedRelay: 'ab'.repeat(16) })
    clients.push(client)

    await clock.advance(1)

    expect(client.state).toMatchObject({ kind: 'waiting', retryInMs: 60_000, failure: { code: 'DIAL_WRONG_RELAY' } })
    expect(relay.wire.sent).toEqual([])
  })

  test('is not made for another protocol version (T40)', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    relay.answer = 'nothing'
    const client = scriptedClient(relay, clock)
    clients.push(client)
    await clock.advance(1)

    relay.wire.say({ type: 'challenge', version: hopVersion - 1, relay: relay.relay, nonce: Buffer.alloc(32) })
    await clock.advance(1)

    expect(client.state).toMatchObject({ failure: { code: 'DIAL_PROTOCOL', details: { theirs: hopVersion - 1 } } })
    expect(relay.wire.sent).toEqual([])
  })

  test('a relay that never challenges is given up after ten seconds', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    relay.answer = 'nothing'
    const client = scriptedClient(relay, clock)
    clients.push(client)

    await clock.advance(9999)
    expect(client.state.kind).toBe('connecting')
    await clock.advance(2)

    expect(client.state).toMatchObject({ failure: { code: 'DIAL_SILENT', details: { waitedFor: 'challenge' } } })
  })

  test('a key that cannot sign is named, and tried again', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    const client = scriptedClient(relay, clock, {
      sign: () => {
        throw new Error('locked')
      },
    })
    clients.push(client)

    await clock.advance(1)

    expect(client.state).toMatchObject({ kind: 'waiting', failure: { code: 'DIAL_CANNOT_SIGN' } })
  })

  test('a signer that hangs is not blamed on the relay', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    relay.answer = 'nothing'
    const client = scriptedClient(relay, clock, { sign: () => new Promise(() => undefined) })
    clients.push(client)
    await clock.advance(1)

    relay.wire.say({ type: 'challenge', version: hopVersion, relay: relay.relay, nonce: Buffer.alloc(32) })
    await clock.advance(10_000)

    expect(client.status().lastFailure).toMatchObject({ code: 'DIAL_CANNOT_SIGN', details: { waitedFor: 'signature' } })
  })
})

describe('the heartbeat', () => {
  test('asks after five quiet seconds, give or take a tenth', async () => {
    const { clock, wire } = await attached({ random: () => 0.5 })

    await clock.advance(4990)
    expect(wire.sentOf('ping')).toHaveLength(0)
    await clock.advance(20)

    expect(wire.sentOf('ping')).toHaveLength(1)
  })

  test('does not ask while frames come', async () => {
    const { clock, wire } = await attached()

    for (let second = 0; second < 60; second++) {
      wire.say({ type: 'pong', sequence: 0 })
      await clock.advance(1000)
    }

    expect(wire.sentOf('ping')).toHaveLength(0)
  })

  test('a black hole is noticed within fifteen seconds, and dialled again (T03)', async () => {
    const { clock, relay, client, wire } = await attached()
    wire.isAnswering = false

    await clock.advance(14_900)
    expect(client.state.kind).toBe('attached')
    await clock.advance(200)

    expect(client.state).toMatchObject({ kind: 'waiting', failure: { code: 'DIAL_SILENT' } })
    await clock.advance(1000)
    expect(relay.wires).toHaveLength(2)
  })

  test('with an answer overdue, a black hole is noticed within six seconds (T03)', async () => {
    const { clock, client, wire } = await attached()
    wire.isAnswering = false

    const sending = client.send(anyConsole, Buffer.from('q'), { ttlMs: 60_000, expectsAnswer: true })
    await clock.advance(6000)

    expect(client.status().lastFailure).toMatchObject({ code: 'DIAL_SILENT' })
    await expect(sending.fate).rejects.toMatchObject({ code: 'DIAL_LOST', details: { because: 'DIAL_SILENT' } })
  })

  test('a slow answer on a live line ends nothing and pings seldom', async () => {
    const { clock, client, wire } = await attached()

    client.send(anyConsole, Buffer.from('q'), { ttlMs: 60_000, expectsAnswer: true })
    await clock.advance(30_000)

    expect(client.state.kind).toBe('attached')
    expect(wire.sentOf('ping').length).toBeLessThanOrEqual(15)
  })

  test('a large frame on a slow link is a sign of life before it is whole', async () => {
    const { clock, client, wire } = await attached()
    wire.isAnswering = false

    for (let second = 0; second < 40; second++) {
      wire.flow = { ...wire.flow, readBytes: wire.flow.readBytes + 30_000 }
      await clock.advance(1000)
    }
    expect(client.state.kind).toBe('attached')
    await clock.advance(11_000)

    expect(client.status().lastFailure).toMatchObject({ code: 'DIAL_SILENT' })
  })

  test('what the system takes on a dead line is no sign of life', async () => {
    const { clock, client, wire } = await attached()
    wire.isAnswering = false

    for (let second = 0; second < 16; second++) {
      wire.flow = { ...wire.flow, writtenBytes: wire.flow.writtenBytes + 30_000 }
      await clock.advance(1000)
    }

    expect(client.status().lastFailure).toMatchObject({ code: 'DIAL_SILENT' })
  })

  test('a relay cannot talk us out of our heartbeat', async () => {
    const { clock, client, relay } = await attached()
    relay.wire.close(dialFailure('LOST'))
    relay.answer = 'nothing'
    await clock.advance(1000)
    relay.wire.say({ type: 'challenge', version: hopVersion, relay: relay.relay, nonce: Buffer.alloc(32) })
    await clock.advance(1)
    const forEver = 4_000_000_000
    const time = clock.now()
    relay.wire.say({ type: 'attached', attachment: '00'.repeat(8), pingMs: forEver, deadMs: forEver, window: 0, time })
    relay.wire.isAnswering = false

    await clock.advance(15_100)

    expect(client.state).toMatchObject({ failure: { code: 'DIAL_SILENT' } })
  })
})

describe('sending', () => {
  test('is handed when it is written, and settles when the caller says so', async () => {
    const { client, wire } = await attached()

    const sending = client.send(anyConsole, Buffer.from('q'), { ttlMs: 5000 })
    await sending.handed
    sending.settle()

    expect(wire.sentOf('cargo')).toMatchObject([{ token: sending.token, ttlMs: 5000, to: anyConsole }])
    expect(await sending.fate).toBe('settled')
  })

  test.each([
    ['noSuchPeer', 'DIAL_NO_SUCH_PEER', 'elsewhere'],
    ['busy', 'DIAL_BUSY', 'later'],
    ['tooLarge', 'DIAL_TOO_LARGE', 'never'],
    ['expired', 'DIAL_EXPIRED', 'later'],
    ['notAllowed', 'DIAL_NOT_ALLOWED', 'never'],
  ] as const)('undelivered for %s becomes %s, to be retried %s', async (reason, code, retry) => {
    const { client, wire } = await attached()
    const sending = client.send(anyConsole, Buffer.from('q'), { ttlMs: 5000 })

    wire.say({ type: 'undelivered', token: sending.token, reason, retryAfterMs: 700 })

    await expect(sending.fate).rejects.toMatchObject({ code, retry, details: { retryAfterMs: 700 } })
  })

  test('a forged undelivered for what is settled or unknown means nothing (T45)', async () => {
    const { client, wire } = await attached()
    const sending = client.send(anyConsole, Buffer.from('q'), { ttlMs: 5000 })
    sending.settle()

    wire.say({ type: 'undelivered', token: sending.token, reason: 'noSuchPeer', retryAfterMs: 0 })
    wire.say({ type: 'undelivered', token: 'ff'.repeat(8), reason: 'noSuchPeer', retryAfterMs: 0 })

    expect(await sending.fate).toBe('settled')
    expect(client.state.kind).toBe('attached')
  })

  test('is forgotten when its time to live is over', async () => {
    const { clock, client } = await attached()
    const before = clock.pending

    const sending = client.send(anyConsole, Buffer.from('q'), { ttlMs: 2000 })
    await clock.advance(2600)

    expect(await sending.fate).toBe('expired')
    expect(clock.pending).toBe(before)
  })

  test('a lost session leaves what was open unknown', async () => {
    const { client, wire } = await attached()
    const sending = client.send(anyConsole, Buffer.from('q'), { ttlMs: 5000 })

    wire.close(dialFailure('LOST'))

    await expect(sending.fate).rejects.toMatchObject({ code: 'DIAL_LOST' })
  })

  test('without a session fails at once instead of waiting for one', async () => {
    const { client, wire } = await attached()
    wire.close(dialFailure('LOST'))

    const sending = client.send(anyConsole, Buffer.from('q'), { ttlMs: 5000 })

    await expect(sending.handed).rejects.toMatchObject({ code: 'DIAL_NOT_ATTACHED' })
  })

  test('what does not fit on a slow line is refused as busy instead of kept', async () => {
    const { client, wire } = await attached({ tuning: { maxBufferedBytes: 1000 } })
    wire.flow = { ...wire.flow, bufferedBytes: 990 }

    const sending = client.send(anyConsole, Buffer.alloc(11), { ttlMs: 5000 })

    await expect(sending.handed).rejects.toMatchObject({ code: 'DIAL_BUSY' })
    expect(wire.sentOf('cargo')).toEqual([])
  })

  test('more than the relay carries is refused here', async () => {
    const { client } = await attached()

    const sending = client.send(anyConsole, Buffer.alloc(limits.cargoBytes + 1), { ttlMs: 5000 })

    await expect(sending.handed).rejects.toMatchObject({ code: 'DIAL_TOO_LARGE' })
  })
})

describe('a hostile relay', () => {
  test('garbage is counted, and too much of it ends the session with a reason (T46)', async () => {
    const { client, wire } = await attached()

    for (let n = 0; n < 64; n++) wire.sayBytes(Buffer.from([0xff, n]))
    expect(client.status()).toMatchObject({ state: 'attached', garbageFrames: 64 })
    wire.sayBytes(Buffer.from([0xff]))

    expect(client.state).toMatchObject({ kind: 'waiting', failure: { code: 'DIAL_PROTOCOL' } })
    expect(client.status().lastFailure).toMatchObject({ code: 'DIAL_PROTOCOL', details: { garbageFrames: 65 } })
  })

  test('before the attachment the first odd frame ends the session', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    relay.answer = 'nothing'
    const client = scriptedClient(relay, clock)
    clients.push(client)
    await clock.advance(1)

    relay.wire.say({ type: 'roster', entries: [] })
    await clock.advance(1)

    expect(client.state).toMatchObject({ failure: { code: 'DIAL_PROTOCOL' } })
  })

  test('pings at line rate are not all answered, and end the session', async () => {
    const { client, wire } = await attached()

    for (let sequence = 0; sequence < 1000; sequence++) wire.say({ type: 'ping', sequence })

    expect(wire.sentOf('pong')).toHaveLength(limits.pongsPerSecond)
    expect(client.state).toMatchObject({ failure: { details: { reason: 'ping flood' } } })
  })

  test('a flood of rosters ends the session', async () => {
    const { client, wire } = await attached()

    for (let n = 0; n < 300; n++) wire.say({ type: 'roster', entries: [entry] })

    expect(client.state).toMatchObject({ failure: { details: { reason: 'flood of roster' } } })
  })

  test('a handler that throws is logged, and its cargo credited back', async () => {
    const errors: string[] = []
    const { clock, client, wire } = await attached({
      log: { ...silentLog, error: (message) => void errors.push(message) },
      handlers: {
        onCargo: () => {
          throw new Error('defect')
        },
      },
    })

    wire.say({
      type: 'cargo',
      to: anyConsole,
      from: anyConsole,
      token: '00'.repeat(8),
      ttlMs: 1,
      cargo: Buffer.alloc(1),
    })
    await clock.advance(1)

    expect(errors).toEqual(['a handler failed'])
    expect(wire.sentOf('credit')).toMatchObject([{ count: 1 }])
    expect(client.state.kind).toBe('attached')
  })
})

describe('the roster', () => {
  test('arrives whole and then as changes', async () => {
    const heard: unknown[] = []
    const { wire } = await attached({
      handlers: {
        onRoster: (entries) => void heard.push(entries),
        onRosterChange: (event, changed) => void heard.push([event, changed]),
      },
    })

    wire.say({ type: 'roster', entries: [entry] })
    wire.say({ type: 'rosterChange', event: 'draining', entry: { ...entry, isDraining: true } })
    wire.say({ type: 'rosterChange', event: 'left', entry })

    expect(heard).toEqual([[entry], ['draining', { ...entry, isDraining: true }], ['left', entry]])
  })
})

describe('an admission list', () => {
  test('goes out in parts and is done when the relay says so', async () => {
    const { clock, client, wire } = await attached()
    const list = Buffer.alloc(600 * 1024, 7)

    const admitting = client.admit(5, list)
    await clock.advance(1)
    const parts = wire.sentOf('admit')
    wire.say({ type: 'admitted', number: 5, ok: true, reason: 'accepted' })
    await admitting

    expect(parts.map(({ number, part, parts: of }) => [number, part, of])).toEqual([
      [5, 0, 3],
      [5, 1, 3],
      [5, 2, 3],
    ])
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(list)).toBe(true)
  })

  test('is refused with the word of the relay', async () => {
    const { clock, client, wire } = await attached()

    const admitting = client.admit(5, Buffer.alloc(10))
    await clock.advance(1)
    wire.say({ type: 'admitted', number: 9, ok: false, reason: 'stale' })

    const details = { reason: 'stale', number: 9 }
    await expect(admitting).rejects.toMatchObject({ code: 'DIAL_ADMISSION_REFUSED', details })
  })

  test('that the relay cannot keep is told apart from one it refuses', async () => {
    const { clock, client, wire } = await attached()

    const admitting = client.admit(5, Buffer.alloc(10))
    await clock.advance(1)
    wire.say({ type: 'admitted', number: 5, ok: false, reason: 'notSaved' })

    await expect(admitting).rejects.toMatchObject({ code: 'DIAL_ADMISSION_NOT_SAVED', retry: 'later' })
  })

  test('waits for the one before it, so that their parts do not mix', async () => {
    const { clock, client, wire } = await attached()

    const first = client.admit(5, Buffer.alloc(300 * 1024))
    const second = client.admit(6, Buffer.alloc(10))
    await clock.advance(1)
    expect(wire.sentOf('admit').map(({ number }) => number)).toEqual([5, 5])
    wire.say({ type: 'admitted', number: 5, ok: true, reason: 'accepted' })
    await first
    await clock.advance(1)
    wire.say({ type: 'admitted', number: 6, ok: true, reason: 'accepted' })

    await second
    expect(wire.sentOf('admit')).toHaveLength(3)
  })

  test('about which the relay says nothing fails after thirty seconds, and leaves no timer', async () => {
    const { clock, client } = await attached()
    const before = clock.pending

    const admitting = client.admit(5, Buffer.alloc(10)).catch((error: unknown) => error)
    await clock.advance(30_001)

    expect(await admitting).toMatchObject({ code: 'DIAL_SILENT' })
    // Not one more; one less, because the session has become stable meanwhile.
    expect(clock.pending).toBe(before - 1)
  })

  test('fails when the session is lost', async () => {
    const { client, wire } = await attached()

    const admitting = client.admit(5, Buffer.alloc(10))
    const next = client.admit(6, Buffer.alloc(10)).catch((error: unknown) => error)
    wire.close(dialFailure('LOST'))

    expect(await next).toMatchObject({ code: 'DIAL_LOST' })

    await expect(admitting).rejects.toMatchObject({ code: 'DIAL_LOST' })
  })
})

describe('the end', () => {
  test('stop leaves no timer, whatever state it finds, and may be said twice', async () => {
    for (const answer of ['attach', 'nothing', dialFailure('TCP_REFUSED')] as const) {
      const clock = new FakeClock()
      const relay = new ScriptedRelay(clock)
      relay.answer = answer
      const client = scriptedClient(relay, clock)
      await clock.advance(1)
      if (answer === 'attach') {
        client.send(anyConsole, Buffer.from('q'), { ttlMs: 60_000, expectsAnswer: true })
        client.suspect()
        relay.wire.say({ type: 'goAway', afterMs: 60_000, reason: 'stopping' })
      }

      await Promise.all([client.stop(), client.stop()])
      await client.stop()

      expect(client.state.kind).toBe('stopped')
      expect(clock.pending).toBe(0)
    }
  })

  test('stop in the first moment stops the dial', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    const client = scriptedClient(relay, clock)

    await client.stop()
    await clock.advance(100_000)

    expect(relay.wires).toHaveLength(0)
    expect(clock.pending).toBe(0)
  })

  test('a draining client still answers, tells the relay once, and is not made again', async () => {
    const { clock, relay, client, wire } = await attached()

    await Promise.all([client.drain(), client.drain()])
    await client.send(anyConsole, Buffer.from('last answer'), { ttlMs: 1000 }).handed
    expect(client.state.kind).toBe('draining')
    wire.close(dialFailure('LOST'))
    await clock.advance(600_000)

    expect(wire.sentOf('draining')).toHaveLength(1)
    expect(wire.sentOf('cargo')).toHaveLength(1)
    expect(client.state.kind).toBe('stopped')
    expect(relay.wires).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  test('draining without a session is stopping', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    relay.answer = dialFailure('TCP_REFUSED')
    const client = scriptedClient(relay, clock)
    await clock.advance(1)

    await client.drain()

    expect(client.state.kind).toBe('stopped')
    expect(clock.pending).toBe(0)
  })

  test('who waits for an attachment hears that there will be none', async () => {
    const clock = new FakeClock()
    const relay = new ScriptedRelay(clock)
    relay.answer = 'nothing'
    const client = scriptedClient(relay, clock)

    const waiting = client.attached()
    const aborted = client.attached(AbortSignal.abort(new Error('enough')))
    await client.stop()

    await expect(waiting).rejects.toMatchObject({ code: 'DIAL_STOPPED' })
    await expect(aborted).rejects.toThrow('enough')
  })
})
