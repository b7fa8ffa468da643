import { afterEach, describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import type { HopClient } from './client.ts'
import { dialFailure, type DialFailure } from './failures.ts'
import { scriptedClient, ScriptedRelay } from './testing/scripted-relay.ts'
import type { Way } from './ways.ts'

const clients: HopClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop()
})

function setUp(first?: Way) {
  const clock = new FakeClock()
  const webSocket = new ScriptedRelay(clock)
  const longPoll = new ScriptedRelay(clock)
  const remembered: Way[] = []
  const start = () => {
    const way = { onChange: (kind: Way) => void remembered.push(kind), ...(first === undefined ? {} : { first }) }
    const client = scriptedClient(webSocket, clock, { longPoll, way, expectedRelay: longPoll.relay })
    clients.push(client)
    return client
  }
  Object.assign(webSocket, { relay: longPoll.relay })
  return { clock, webSocket, longPoll, remembered, start }
}

const httpStatus = (status: number) => dialFailure('HTTP_REFUSED', { details: { httpStatus: status } })

describe('a WebSocket that does not get through', () => {
  test.each<[string, DialFailure]>([
    ['a gateway that answers 200 instead of 101', dialFailure('NOT_A_RELAY', { details: { httpStatus: 200 } })],
    ['a gateway that forbids it', httpStatus(403)],
    ['a gateway that does not know it', httpStatus(426)],
    ['a gateway that cuts it', dialFailure('CUT')],
    ['a gateway that passes the upgrade and nothing after it', dialFailure('SILENT')],
    ['a gateway that closes it right after the upgrade', dialFailure('LOST')],
  ])('%s: the next attempt is made by plain requests, and that is remembered', async (_what, failure) => {
    const { clock, webSocket, longPoll, remembered, start } = setUp()
    webSocket.answer = failure
    const client = start()

    await clock.advance(2000)

    expect(client.status()).toMatchObject({ state: 'attached', way: 'longPoll' })
    expect(webSocket.attemptsMs).toHaveLength(1)
    expect(longPoll.attemptsMs).toHaveLength(1)
    expect(remembered).toEqual(['longPoll'])
  })

  test.each<[string, DialFailure]>([
    ['a relay that is down', dialFailure('TCP_REFUSED')],
    ['a name that has no address', dialFailure('NAME_NOT_FOUND')],
    ['a certificate that is not trusted', dialFailure('TLS_UNTRUSTED')],
    ['a relay that is busy', httpStatus(503)],
    ['a load balancer without a relay behind it', httpStatus(502)],
    ['a proxy that wants a login', httpStatus(407)],
  ])('%s says nothing about WebSockets', async (_what, failure) => {
    const { clock, webSocket, longPoll, start } = setUp()
    webSocket.answer = failure
    const client = start()

    await clock.advance(120_000)

    expect(longPoll.attemptsMs).toEqual([])
    expect(client.status().way).toBe('webSocket')
  })

  test('starved twice, soon after it was attached, is given up; once is not', async () => {
    const { clock, webSocket, longPoll, start } = setUp()
    start()
    await clock.advance(1)
    webSocket.wire.isAnswering = false
    await clock.advance(16_000)
    expect(webSocket.wires).toHaveLength(2)

    webSocket.wire.isAnswering = false
    await clock.advance(20_000)

    expect(longPoll.wires).toHaveLength(1)
  })

  test('that was sent away or has stood for long is not blamed', async () => {
    const { clock, webSocket, longPoll, start } = setUp()
    start()
    for (let round = 0; round < 5; round++) {
      await clock.advance(50_000)
      webSocket.wire.close(dialFailure('LOST'))
      await clock.advance(60_000)
      webSocket.wire.say({ type: 'goAway', afterMs: 0, reason: 'stopping' })
      webSocket.wire.close(dialFailure('LOST'))
      await clock.advance(60_000)
    }

    expect(longPoll.attemptsMs).toEqual([])
  })

  test('when neither way works both are tried in turn', async () => {
    const { clock, webSocket, longPoll, start } = setUp()
    webSocket.answer = httpStatus(404)
    longPoll.answer = httpStatus(404)
    start()

    await clock.advance(300_000)

    expect(longPoll.attemptsMs.length).toBeGreaterThan(3)
    expect(Math.abs(longPoll.attemptsMs.length - webSocket.attemptsMs.length)).toBeLessThanOrEqual(1)
  })
})

describe('a connector that polls', () => {
  test('begins with what worked last time', async () => {
    const { clock, webSocket, start } = setUp('longPoll')
    const client = start()

    await clock.advance(1)

    expect(client.status()).toMatchObject({ state: 'attached', way: 'longPoll' })
    expect(webSocket.attemptsMs).toEqual([])
  })

  test('tries the WebSocket beside it after five minutes, less and less often, and stays attached meanwhile', async () => {
    const { clock, webSocket, start } = setUp('longPoll')
    webSocket.answer = httpStatus(403)
    const client = start()
    await clock.advance(1)
    expect(client.status().webSocketAt).toBe(new Date(clock.now().getTime() + 299_999).toISOString())

    for (let minute = 0; minute < 24 * 60; minute++) {
      await clock.advance(60_000)
      expect(client.state.kind).toBe('attached')
    }

    expect(webSocket.attemptsMs[0]).toBe(300_000)
    expect(webSocket.attemptsMs.length).toBeGreaterThan(5)
    expect(webSocket.attemptsMs.length).toBeLessThan(40)
  })

  test('goes back up as soon as the WebSocket gets through, without losing a session', async () => {
    const { clock, longPoll, remembered, start } = setUp('longPoll')
    const client = start()
    await clock.advance(1)
    const [old] = longPoll.wires

    await clock.advance(301_000)

    expect(client.status()).toMatchObject({ state: 'attached', way: 'webSocket', reconnects: 0, handOvers: 1 })
    expect(client.status().webSocketAt).toBeUndefined()
    expect(old?.sentOf('handOver')).toHaveLength(1)
    expect(remembered).toEqual(['webSocket'])
  })
})
