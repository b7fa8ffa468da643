import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { anyConsole, handOverMessage, noId, rawPublicKey, signWith, verifyRaw } from '@sallygate/hop'
import type { HopClient } from './client.ts'
import { dialFailure } from './failures.ts'
import type { DialState } from './state.ts'
import { scriptedClient, ScriptedRelay, type ScriptedWire } from './testing/scripted-relay.ts'

const clients: HopClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
})

async function attached(options: Parameters<typeof scriptedClient>[2] = {}) {
  const clock = new FakeClock()
  const relay = new ScriptedRelay(clock)
  const states: DialState['kind'][] = []
  const onState = ({ kind }: DialState) => void states.push(kind)
  const client = scriptedClient(relay, clock, { ...options, handlers: { onState, ...options.handlers } })
  clients.push(client)
  await clock.advance(1)
  expect(client.state.kind).toBe('attached')
  const [old] = relay.wires as [ScriptedWire]
  return { clock, relay, client, old, states }
}

describe('a session that is asked to leave', () => {
  test('stands until the next one is attached, and then hands over (PROTOCOL M-H26)', async () => {
    const { clock, relay, client, old, states } = await attached()
    relay.answer = 'nothing'
    old.say({ type: 'goAway', afterMs: 2000, reason: 'rebalance' })

    await clock.advance(3000)
    expect(relay.wires).toHaveLength(2)
    const during = client.send(anyConsole, Buffer.from('q'), { ttlMs: 5000 })
    await during.handed
    expect(old.sentOf('cargo')).toHaveLength(1)
    relay.answer = 'attach'
    relay.wire.close(dialFailure('LOST'))
    await clock.advance(5000)

    expect(relay.wire.isOpen).toBe(true)
    expect(old.sentOf('handOver')).toMatchObject([{ successor: relay.wire.attachment }])
    expect(old.isOpen).toBe(false)
    expect(states.every((state) => state === 'attached')).toBe(true)
    expect(client.status()).toMatchObject({ state: 'attached', reconnects: 0, handOvers: 1 })
  })

  test('signs the hand-over for exactly these two attachments (PROTOCOL M-H28)', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { clock, relay, old } = await attached({ sign: signWith(privateKey) })
    const { group = noId, instance = noId } = old.sentOf('proof')[0] ?? {}

    old.say({ type: 'goAway', afterMs: 0, reason: 'rebalance' })
    await clock.advance(2000)

    const [frame] = old.sentOf('handOver')
    const statement = { relay: relay.relay, group, instance, attachment: old.attachment }
    const signed = handOverMessage({ ...statement, successor: relay.wire.attachment })
    expect(verifyRaw(rawPublicKey(privateKey), signed, frame?.signature ?? Buffer.alloc(64))).toBe(true)
  })

  test('loses nothing that is open: what comes back over the new session is heard there', async () => {
    const { clock, relay, client, old } = await attached()
    const before = client.send(anyConsole, Buffer.from('q'), { ttlMs: 60_000 })
    const other = client.send(anyConsole, Buffer.from('r'), { ttlMs: 60_000 })
    const fates = Promise.allSettled([before.fate, other.fate])

    old.say({ type: 'goAway', afterMs: 0, reason: 'stopping' })
    await clock.advance(2000)
    relay.wire.say({ type: 'undelivered', token: before.token, reason: 'expired', retryAfterMs: 0 })
    other.settle()

    expect(await fates).toMatchObject([
      { status: 'rejected', reason: { code: 'DIAL_EXPIRED' } },
      { status: 'fulfilled', value: 'settled' },
    ])
  })

  test('still takes what comes in while it hands over', async () => {
    const got: string[] = []
    const { clock, relay, old } = await attached({
      handlers: { onCargo: (_from, cargo) => void got.push(cargo.toString()) },
    })
    old.isLettingGo = false
    old.say({ type: 'goAway', afterMs: 0, reason: 'rebalance' })
    await clock.advance(2000)
    const cargo = { to: anyConsole, from: anyConsole, token: '00'.repeat(8), ttlMs: 1000 }

    old.say({ type: 'cargo', ...cargo, cargo: Buffer.from('old') })
    relay.wire.say({ type: 'cargo', ...cargo, cargo: Buffer.from('new') })

    expect(got).toEqual(['old', 'new'])
    expect(old.isOpen).toBe(true)
    await clock.advance(30_000)
    expect(old.isOpen).toBe(false)
  })

  test('is the reason for one new session a second at most, however often it is asked', async () => {
    const { clock, relay } = await attached()

    for (let second = 0; second < 60; second++) {
      for (let again = 0; again < 10; again++) relay.wire.say({ type: 'goAway', afterMs: 0, reason: 'rebalance' })
      await clock.advance(1000)
    }

    expect(relay.attemptsMs.length).toBeLessThanOrEqual(62)
  })

  test('when no new one can be made it stays, and tries less and less often', async () => {
    const { clock, relay, client, old } = await attached()
    relay.answer = dialFailure('HTTP_REFUSED', { details: { httpStatus: 503, retryAfterMs: 3000 } })

    old.say({ type: 'goAway', afterMs: 1000, reason: 'stopping' })
    await clock.advance(300_000)

    expect(client.state.kind).toBe('attached')
    expect(old.isOpen).toBe(true)
    expect(relay.attemptsMs.length).toBeLessThan(16)
  })

  test('that dies while its successor is on the way leaves the way to it', async () => {
    const { clock, relay, client, old, states } = await attached()
    relay.answer = 'nothing'
    old.say({ type: 'goAway', afterMs: 0, reason: 'stopping' })
    await clock.advance(2000)

    old.close(dialFailure('LOST'))
    expect(client.state.kind).toBe('connecting')
    await clock.advance(20_000)

    expect(client.state.kind).not.toBe('attached')
    relay.answer = 'attach'
    await clock.advance(60_000)
    expect(states.at(-1)).toBe('attached')
  })
})

describe('age', () => {
  test('a session is followed by the next after 30 to 60 minutes, and none is lost meanwhile (PROTOCOL M-H26)', async () => {
    const ages = await Promise.all(
      [0, 0.5, 0.999].map(async (random) => {
        const { clock, relay, client } = await attached({ random: () => random })
        let minutes = 0
        while (relay.wires.length < 2 && minutes < 120) {
          await clock.advance(60_000)
          minutes++
          expect(client.state.kind).toBe('attached')
        }
        return minutes
      }),
    )

    expect(ages).toEqual([30, 45, 60])
  })

  test('a day of hand-overs leaves one session and no timer behind', async () => {
    const { clock, relay, client } = await attached()
    await clock.advance(60_000)
    const timers = clock.pending

    await clock.advance(24 * 3_600_000)

    expect(relay.wires.filter(({ isOpen }) => isOpen)).toHaveLength(1)
    expect(client.status()).toMatchObject({ reconnects: 0, handOvers: 32 })
    expect(clock.pending).toBe(timers)
  })
})

test('a client that is stopped in the middle of a hand-over ends both sessions', async () => {
  const { clock, relay, client, old } = await attached()
  old.isLettingGo = false
  old.say({ type: 'goAway', afterMs: 0, reason: 'rebalance' })
  await clock.advance(2000)
  expect(relay.wires.filter(({ isOpen }) => isOpen)).toHaveLength(2)

  await client.stop()

  expect(relay.wires.some(({ isOpen }) => isOpen)).toBe(false)
  expect(client.state.kind).toBe('stopped')
})
