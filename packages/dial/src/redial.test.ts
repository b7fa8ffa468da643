import { afterEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { silentLog, type Log } from '@sallygate/base/log'
import { BackOff } from './back-off.ts'
import type { HopClient } from './client.ts'
import { dialFailure } from './failures.ts'
import { retryAfterMs } from './retry-after.ts'
import { scriptedClient, ScriptedRelay } from './testing/scripted-relay.ts'

const clients: HopClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
})

function setUp(options: Parameters<typeof scriptedClient>[2] = {}) {
  const clock = new FakeClock()
  const relay = new ScriptedRelay(clock)
  const start = () => {
    const client = scriptedClient(relay, clock, options)
    clients.push(client)
    return client
  }
  return { clock, relay, start }
}

function gaps(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

describe('back-off', () => {
  test('the wait is below base times two to the failures, and never above the cap', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
        const backOff = new BackOff({ baseMs: 1000, capMs: 60_000, random: () => random })
        for (let n = 0; n < failures; n++) backOff.next()

        const waitMs = backOff.next()

        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThan(Math.min(60_000, 1000 * 2 ** failures))
      }),
    )
  })

  test('a connection has to last at least as long as the last wait could have been', () => {
    const backOff = new BackOff({ baseMs: 1000, capMs: 60_000, random: () => 0 })
    for (let n = 0; n < 10; n++) backOff.next()

    expect(backOff.stablePeriodMs()).toBe(60_000)
  })
})

describe('dialling again', () => {
  test('a relay that is down is tried for ever, less and less often, up to a minute', async () => {
    const { clock, relay, start } = setUp({ random: () => 0.999 })
    relay.answer = dialFailure('TCP_REFUSED')
    start()

    await clock.advance(3_600_000)

    const waits = gaps(relay.attemptsMs).map((ms) => Math.round(ms / 100) / 10)
    expect(waits.slice(0, 7)).toEqual([1, 2, 4, 8, 16, 32, 59.9])
    expect(relay.attemptsMs.length).toBeGreaterThan(60)
  })

  test('a link that comes up and breaks every two seconds backs off as if it had not come up (T09)', async () => {
    const { clock, relay, start } = setUp({ random: () => 0.999 })
    start()
    for (let flap = 0; flap < 150; flap++) {
      await clock.advance(2000)
      if (relay.wire.isOpen) relay.wire.close(dialFailure('LOST'))
    }

    const waits = gaps(relay.attemptsMs)

    // 300 s of storm. Without a growing wait this would be about a hundred dials.
    expect(relay.attemptsMs.length).toBeLessThan(14)
    expect(Math.max(...waits)).toBeGreaterThan(50_000)
  })

  test('a connection that was stable is forgiven its past', async () => {
    const { clock, relay, start } = setUp({ random: () => 0.999 })
    relay.answer = dialFailure('TCP_REFUSED')
    start()
    await clock.advance(200_000)
    relay.answer = 'attach'
    await clock.advance(60_000)
    expect(relay.wires).toHaveLength(1)

    await clock.advance(121_000)
    relay.wire.close(dialFailure('LOST'))
    await clock.advance(1000)

    expect(relay.wires).toHaveLength(2)
  })

  test('an announced departure is followed by a dial inside its window, without back-off', async () => {
    const { clock, relay, start } = setUp({ random: () => 0.999 })
    relay.answer = dialFailure('TCP_REFUSED')
    start()
    await clock.advance(200_000)
    relay.answer = 'attach'
    await clock.advance(60_000)

    relay.wire.say({ type: 'goAway', afterMs: 3000, reason: 'stopping' })
    await clock.advance(2990)
    expect(relay.wires).toHaveLength(1)
    await clock.advance(10)

    expect(relay.wires).toHaveLength(2)
    expect(relay.wires[0]?.isOpen).toBe(false)
  })

  test('a relay that closes before its announced time is dialled within what was left of it', async () => {
    const { clock, relay, start } = setUp({ random: () => 0.5 })
    start()
    await clock.advance(1)
    relay.wire.say({ type: 'goAway', afterMs: 10_000, reason: 'rebalance' })
    await clock.advance(2000)

    relay.wire.close(dialFailure('LOST'))
    await clock.advance(3999)
    expect(relay.wires).toHaveLength(1)
    await clock.advance(2)

    expect(relay.wires).toHaveLength(2)
  })

  test('no departure notice is put off for longer than ten minutes', async () => {
    const { clock, relay, start } = setUp()
    start()
    await clock.advance(1)
    relay.wire.say({ type: 'goAway', afterMs: 4_000_000_000, reason: 'stopping' })

    await clock.advance(299_000)
    expect(relay.wires).toHaveLength(1)
    await clock.advance(2000)

    expect(relay.wires).toHaveLength(2)
  })

  test('who was replaced by a newer session waits out the whole cap before it fights back', async () => {
    const { clock, relay, start } = setUp()
    const client = start()
    await clock.advance(1)
    relay.wire.say({ type: 'goAway', afterMs: 0, reason: 'replaced' })
    await clock.advance(10)
    expect(client.state).toMatchObject({ kind: 'refused', failure: { code: 'DIAL_REPLACED' } })

    await clock.advance(59_900)
    expect(relay.wires).toHaveLength(1)
    await clock.advance(200)

    expect(relay.wires).toHaveLength(2)
  })

  test('a refused proof is soon made once more, then seldom, or when the relay asks for it', async () => {
    const { clock, relay, start } = setUp({ random: () => 0 })
    relay.answer = { type: 'refused', reason: 'notAdmitted', retryAfterMs: 0 }
    const client = start()
    await clock.advance(600_000)
    const waits = gaps(relay.attemptsMs).map(Math.round)
    expect(waits.slice(0, 4)).toEqual([1500, 6000, 24_000, 60_000])
    expect(waits.slice(4).every((wait) => wait === 60_000)).toBe(true)
    expect(client.state).toMatchObject({ kind: 'refused', retryInMs: 60_000, failure: { code: 'DIAL_PROOF_REFUSED' } })

    relay.answer = { type: 'refused', reason: 'notAdmitted', retryAfterMs: 2000 }
    await clock.advance(60_000)

    expect(client.state).toMatchObject({ kind: 'refused', retryInMs: 2000 })
    relay.answer = 'attach'
    await clock.advance(2000)
    expect(client.state.kind).toBe('attached')
  })

  test('a server that asks for patience gets it, and everybody a different amount on top', async () => {
    const { clock, relay, start } = setUp({ random: () => 0.25 })
    relay.answer = dialFailure('HTTP_REFUSED', { details: { httpStatus: 503, retryAfterMs: 20_000 } })
    const client = start()

    await clock.advance(10)

    expect(client.state).toMatchObject({ kind: 'waiting', retryInMs: 20_250 })
  })

  test('an administrator who has repaired something need not wait', async () => {
    const { clock, relay, start } = setUp()
    relay.answer = { type: 'refused', reason: 'notAdmitted', retryAfterMs: 0 }
    const client = start()
    await clock.advance(10)
    relay.answer = 'attach'

    client.dialNow()
    await clock.advance(10)

    expect(client.state.kind).toBe('attached')
  })

  test('a storm writes at most one line in ten seconds for each cause', async () => {
    const lines: string[] = []
    const log: Log = { ...silentLog, warn: (message) => void lines.push(message) }
    const { clock, relay, start } = setUp({ log, random: () => 0.01, tuning: { backOffCapMs: 1000 } })
    relay.answer = dialFailure('TCP_REFUSED')
    start()

    await clock.advance(60_000)

    expect(relay.attemptsMs.length).toBeGreaterThan(1000)
    expect(lines.length).toBeLessThanOrEqual(7)
  })
})

test('Retry-After is seconds or a date, and bounded', () => {
  const now = new Date('2026-11-22T12:00:00Z')

  expect(retryAfterMs('7', now)).toBe(7000)
  expect(retryAfterMs('Sun, 22 Nov 2026 12:00:30 GMT', now)).toBe(30_000)
  expect(retryAfterMs('Sun, 22 Nov 2026 11:00:00 GMT', now)).toBe(0)
  expect(retryAfterMs('999999999', now)).toBe(600_000)
  expect(retryAfterMs('soon', now)).toBeUndefined()
  expect(retryAfterMs(undefined, now)).toBeUndefined()
})
