/**
 * Late, early, and at a gate that does not know the time.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { ConnectorEnd, ConsoleEnd } from '@sallygate/testkit/envelope-ends'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { HostilePipe } from '@sallygate/testkit/hostile-pipe'
import { ends, verdict } from './testing/gate-ends.ts'
import { ClockOffset } from './message-clock.ts'

describe('T35, P16, PROTOCOL M-E15: a request is carried out in its time', () => {
  test('held back past its deadline, it is refused', async () => {
    const { clock, console: console_, connector } = ends()
    const pipe = new HostilePipe((_, cargo) => connector.receive(cargo))
    pipe.send('connector', console_.seal(connector.recipient).cargo)

    await clock.advance(10_000)
    pipe.deliver(0)

    expect(connector.executed).toEqual([])
    expect(connector.gate.refusals.get('ENVELOPE_EXPIRED')).toBe(1)
  })

  test('a millisecond before its deadline it is still carried out', async () => {
    const { clock, console: console_, connector } = ends()
    const { cargo } = console_.seal(connector.recipient)

    await clock.advance(9_999)

    expect(verdict(connector.receive(cargo))).toBe('admitted')
  })

  test('made later than now, it is refused', () => {
    const { clock, send } = ends()
    const issuedAt = (ms: number) => ({
      issuedAt: new Date(clock.now().getTime() + ms),
      deadline: new Date(clock.now().getTime() + ms + 10_000),
    })

    expect(verdict(send(issuedAt(5_000)))).toBe('admitted')
    expect(verdict(send(issuedAt(5_001)))).toBe('FROM_THE_FUTURE')
  })

  test('with a deadline further than ten minutes away, or before it was made, it is refused', () => {
    const { clock, send } = ends()
    const deadline = (ms: number) => ({ deadline: new Date(clock.now().getTime() + ms), remainingMs: 1 })

    expect(verdict(send(deadline(600_000)))).toBe('admitted')
    expect(verdict(send(deadline(600_001)))).toBe('LIVES_TOO_LONG')
    expect(verdict(send(deadline(0)))).toBe('EXPIRED')
    expect(verdict(send(deadline(-1)))).toBe('EXPIRED')
    expect(verdict(send({ issuedAt: new Date(clock.now().getTime() + 4_000), ...deadline(3_000) }))).toBe('EXPIRED')
  })

  test('PROTOCOL M-E29: the time it may take is the smaller of what the sender and the clock say', async () => {
    const { clock, console: console_, connector } = ends()
    const waited = console_.seal(connector.recipient, { remainingMs: 4_000 })
    const fresh = console_.seal(connector.recipient)
    await clock.advance(7_000)

    const receipts = [waited, fresh].map(({ cargo }) => connector.receive(cargo))

    expect(receipts).toEqual([
      expect.objectContaining({ kind: 'admitted', budgetMs: 3_000 }),
      expect.objectContaining({ kind: 'admitted', budgetMs: 3_000 }),
    ])
    expect(console_.seal(connector.recipient, { remainingMs: 2_000 })).toSatisfy(
      ({ cargo }: { cargo: Buffer }) => (connector.receive(cargo) as { budgetMs?: number }).budgetMs === 2_000,
    )
  })
})

describe('P16, PROTOCOL M-E16: a wrong clock is never a reason to accept', () => {
  test.each([
    [120_000, 'admitted'],
    [-600_000, 'admitted'],
    [600_001, 'CLOCK'],
    [-86_400_000, 'CLOCK'],
  ])('a host clock that jumps by %i ms: %s', (jump, expected) => {
    const console_ = new ConsoleEnd(new FakeClock())
    const wall = new FakeClock()
    const connector = new ConnectorEnd(console_, { wall })

    wall.jumpWall(jump)

    const receipt = connector.receive(console_.seal(connector.recipient).cargo)
    expect(verdict(receipt)).toBe(expected)
    if (receipt.kind === 'refused') expect(receipt.failure.details).toEqual({ offsetMs: -jump })
  })

  test('before the first hello the time is unknown, and everything is refused', () => {
    const { connector, send } = ends({ clock: new ClockOffset(new FakeClock()) })

    const receipt = send()

    expect(receipt).toMatchObject({ failure: { code: 'ENVELOPE_CLOCK', details: { offset: 'unknown' } } })
    expect(connector.executed).toEqual([])
  })
})
