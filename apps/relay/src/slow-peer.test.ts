import { expect, test } from 'vitest'
import { addressOf, person } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

test('a connector that stops reading does not delay its neighbor (PROTOCOL M-H24)', async () => {
  await using trial = await Trial.start()
  const [slow, lively] = [person('connector'), person('connector')]
  const console = await trial.attachConsole()
  await trial.admit(console, slow, lively)
  const stalled = await trial.attach(slow)
  const neighbor = await trial.attach(lively)
  stalled.socket.pause()

  const roundTripMs = async () => {
    const startedMs = performance.now()
    console.cargo(addressOf(lively), 'ping')
    neighbor.cargo((await neighbor.next('cargo')).from, 'pong')
    neighbor.send({ type: 'credit', count: 1 })
    await console.next('cargo')
    return performance.now() - startedMs
  }
  const flood = Buffer.alloc(256 * 1024)
  const times: number[] = []
  for (let round = 0; round < 100; round++) {
    console.cargo(addressOf(slow), flood, { ttlMs: 60_000 })
    times.push(await roundTripMs())
  }

  const median = times.toSorted((a, b) => a - b)[50] ?? Infinity
  expect(median).toBeLessThan(50)
  expect((await console.next('undelivered')).reason).toBe('busy')
  expect(Number(trial.relay.statistics()['waitingBytes'])).toBeLessThanOrEqual(8 * 1024 * 1024)
})
