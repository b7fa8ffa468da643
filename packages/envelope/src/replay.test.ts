/**
 * Replays, restarts and what is remembered.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { ConnectorEnd } from '@sallygate/testkit/envelope-ends'
import { HostilePipe } from '@sallygate/testkit/hostile-pipe'
import { SeenRequests } from './seen-requests.ts'
import { ends, mayAnswer, verdict } from './testing/gate-ends.ts'

describe('T34, PROTOCOL M-E14: a request is carried out at most once', () => {
  test.each([1, 1000])('delivered %i times more', (times) => {
    const { console: console_, connector } = ends()
    const pipe = new HostilePipe((_, cargo) => connector.receive(cargo))
    pipe.send('connector', console_.seal(connector.recipient).cargo)

    pipe.deliver(0, ...Array<number>(times).fill(0))

    expect(connector.executed).toHaveLength(1)
    expect(connector.gate.refusals.get('ENVELOPE_DUPLICATE')).toBe(times)
  })

  test('PROTOCOL M-E7: after a restart nothing recorded before can be opened', () => {
    const { console: console_, connector } = ends()
    const recorded = console_.seal(connector.recipient, {
      class: 'N',
      operation: 'certificates.issue',
      idempotencyKey: 'ab'.repeat(16),
    })

    const restarted = new ConnectorEnd(console_, { identity: connector })

    expect(verdict(restarted.receive(recorded.cargo))).toBe('CANNOT_OPEN')
  })

  test('PROTOCOL M-E13: a key that survived a restart would not help: the boot nonce did not', () => {
    const { console: console_, connector } = ends()
    const recorded = console_.seal(connector.recipient)

    const restarted = new ConnectorEnd(console_, { identity: connector, findKey: connector.keys.find })

    expect(verdict(restarted.receive(recorded.cargo))).toBe('STALE_SESSION')
    expect(restarted.executed).toEqual([])
  })

  test('what was refused with an answer stays refused when its reason has gone', () => {
    const { console: console_, connector } = ends()
    const { cargo } = console_.seal(connector.recipient, { trustSetNumber: 2 })
    const refused = connector.receive(cargo)

    connector.trustSet = { number: 2, notAfter: new Date(Date.UTC(2027)), suiteFloor: 1 }

    expect(verdict(refused)).toBe('TRUST_SET_BEHIND')
    expect(mayAnswer(refused)).toBe(true)
    expect(verdict(connector.receive(cargo))).toBe('DUPLICATE')
  })

  test('PROTOCOL M-E23: a second delivery is never answered: the first may be at work', () => {
    const { console: console_, connector } = ends()
    const { cargo } = console_.seal(connector.recipient)
    connector.receive(cargo)

    expect(mayAnswer(connector.receive(cargo))).toBe(false)
  })

  test('when there is no room to remember, nothing is carried out and nothing answered', () => {
    const { connector, send } = ends({ seen: new SeenRequests(2) })

    const receipts = [send(), send(), send()]

    expect(receipts.map(verdict)).toEqual(['admitted', 'admitted', 'FULL'])
    expect(receipts.map(mayAnswer)).toEqual([false, false, false])
    expect(connector.executed).toHaveLength(2)
  })

  test('a clock that goes back does not bring anything back', async () => {
    const { clock, console: console_, connector } = ends({ seen: new SeenRequests(1) })
    const { cargo } = console_.seal(connector.recipient)
    connector.receive(cargo)
    await clock.advance(11_000)
    connector.receive(console_.seal(connector.recipient).cargo)

    connector.messageClock.observe(new Date(clock.now().getTime() - 11_000), clock.monotonicMs(), clock.monotonicMs())

    expect(verdict(connector.receive(cargo))).toBe('EXPIRED')
    expect(connector.executed).toHaveLength(2)
  })
})

test('PROTOCOL M-E23: every refusal counts, and only those that will stay true may be answered', () => {
  const { connector, send } = ends()

  const receipts = [send({ tableVersion: 2 }), connector.receive(randomBytes(2195)), send({ tableVersion: 2 })]

  expect(receipts.map(mayAnswer)).toEqual([true, false, true])
  expect([...connector.gate.refusals]).toEqual([
    ['ENVELOPE_TABLE_VERSION', 2],
    ['ENVELOPE_CANNOT_OPEN', 1],
  ])
})
