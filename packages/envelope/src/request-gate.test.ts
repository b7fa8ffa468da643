/**
 * What the gate lets through, and what a hostile pipe cannot make it do.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { ConnectorEnd, ConsoleEnd, makeSigner, sampleOperations, sendersOf } from '@sallygate/testkit/envelope-ends'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { HostilePipe } from '@sallygate/testkit/hostile-pipe'
import { makeId, type GroupId } from '@sallygate/trust'
import { protocolFloorInMemory } from './floors.ts'
import type { GateOptions, Receipt } from './request-gate.ts'
import type { RequestDraft } from './request.ts'
import { SeenRequests } from './seen-requests.ts'
import { forgeRequest, sealAgain, takeOut } from './testing/forge.ts'

function ends(options: Partial<GateOptions> = {}) {
  const clock = new FakeClock()
  const console_ = new ConsoleEnd(clock)
  const connector = new ConnectorEnd(console_, options as Omit<Partial<GateOptions>, 'clock'>)
  const send = (change: Partial<RequestDraft> = {}) =>
    connector.receive(console_.seal(connector.recipient, change).cargo)
  return { clock, console: console_, connector, send }
}

/** One word for what became of a cargo. */
function verdict(receipt: Receipt): string {
  return receipt.kind === 'admitted' ? 'admitted' : receipt.failure.code.slice('ENVELOPE_'.length)
}

function mayAnswer(receipt: Receipt): boolean {
  return receipt.kind === 'refused' && receipt.mayAnswer
}

function onlyKeyOf(connector: ConnectorEnd) {
  const key = connector.keys.find(Buffer.from(connector.keys.publicKey.digest, 'hex').subarray(0, 8))
  if (key === undefined) throw new Error('the ring has its own key')
  return key
}

test('P1, PROTOCOL M-E10: a request is carried out only if a key signed it that is trusted now', () => {
  const { console: console_, connector, send } = ends()
  const stranger = new ConsoleEnd(console_.clock, console_.group)

  expect(verdict(send())).toBe('admitted')
  expect(verdict(connector.receive(stranger.seal(connector.recipient).cargo))).toBe('CANNOT_OPEN')
})

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
})

describe('T37, T38, P5, PROTOCOL M-E13: a request is carried out by whom it names', () => {
  test('delivered to another instance or another group, it cannot even be opened', () => {
    const one = ends()
    const sibling = new ConnectorEnd(one.console)
    const other = ends()
    const pipe = new HostilePipe<ConnectorEnd>((to, cargo) => to.receive(cargo))
    pipe.send(one.connector, one.console.seal(one.connector.recipient).cargo)
    pipe.send(other.connector, other.console.seal(other.connector.recipient).cargo)

    pipe.readdress(0, sibling)
    pipe.swap(0, 1)

    expect([...one.connector.executed, ...sibling.executed, ...other.connector.executed]).toEqual([])
  })

  test('stripped and sealed again to a sibling, it is refused: the header is signed', () => {
    const { console: console_, connector } = ends()
    const sibling = new ConnectorEnd(console_)
    const { header, padded } = takeOut(console_.seal(connector.recipient).cargo, onlyKeyOf(connector))
    const hintOfSibling = Buffer.from(sibling.keys.publicKey.digest, 'hex').subarray(0, 8)

    const renamed = Buffer.concat([header.subarray(0, 3), hintOfSibling, header.subarray(11)])

    expect(verdict(sibling.receive(sealAgain(header, padded, sibling.keys.publicKey)))).toBe('CANNOT_OPEN')
    expect(verdict(sibling.receive(sealAgain(renamed, padded, sibling.keys.publicKey)))).toBe('CANNOT_OPEN')
  })

  test('and were the header not enough, the recipient inside the signature would be', () => {
    const { console: console_, connector } = ends()
    const sibling = new ConnectorEnd(console_, { findKey: () => onlyKeyOf(sibling) })
    const { header, padded } = takeOut(console_.seal(connector.recipient).cargo, onlyKeyOf(connector))

    const receipt = sibling.receive(sealAgain(header, padded, sibling.keys.publicKey))

    expect(verdict(receipt)).toBe('WRONG_RECIPIENT')
    expect(mayAnswer(receipt)).toBe(false)
  })

  const mine = ends()
  const statementOf = () => {
    const { cargo } = mine.console.seal(mine.connector.recipient)
    const receipt = new ConnectorEnd(mine.console, {
      identity: mine.connector,
      findKey: mine.connector.keys.find,
      bootNonce: mine.connector.bootNonce,
    }).receive(cargo)
    if (receipt.kind !== 'admitted') throw new Error(receipt.kind)
    return receipt.opened.request
  }

  test.each([
    ['direction', { direction: 'connectorToConsole' }],
    ['group', { group: makeId<GroupId>() }],
    ['recipient', { recipient: makeId<GroupId>() as never }],
    ['recipientKeyDigest', { recipientKeyDigest: '00'.repeat(32) }],
  ] as const)('a genuine signature over another %s is refused without an answer', (field, change) => {
    const cargo = forgeRequest({
      statement: { ...statementOf(), ...change, requestId: toHex(randomBytes(16)) },
      to: mine.connector.keys.publicKey,
      privateKey: mine.console.signer.privateKey,
    })

    const receipt = mine.connector.receive(cargo)

    expect(verdict(receipt)).toBe('WRONG_RECIPIENT')
    expect(receipt).toMatchObject({ kind: 'refused', mayAnswer: false, failure: { details: { field } } })
  })
})

describe('P10, T40, PROTOCOL M-E19: what was reached once is not left again', () => {
  test.each([
    ['the version this group has used', protocolFloorInMemory(2, 1)],
    ['the suite this group has used', protocolFloorInMemory(1, 2)],
  ])('lower than %s', (_, protocolFloor) => {
    const { connector, send } = ends({ protocolFloor })

    expect(verdict(send())).toBe('DOWNGRADE')
    expect(connector.executed).toEqual([])
    expect(connector.gate.refusals.get('ENVELOPE_DOWNGRADE')).toBe(1)
  })

  test('lower than the suite the trust set demands', () => {
    const { connector, send } = ends()
    connector.trustSet = { number: 1, notAfter: new Date(Date.UTC(2027)), suiteFloor: 2 }

    expect(verdict(send())).toBe('DOWNGRADE')
  })

  test('what is reached for the first time is remembered', () => {
    const protocolFloor = protocolFloorInMemory(0, 0)
    const { send } = ends({ protocolFloor })

    expect(verdict(send())).toBe('admitted')
    expect(protocolFloor.highest()).toEqual({ version: 1, suite: 1 })
  })
})

describe('PROTOCOL M-E18: nothing is carried out on old trust', () => {
  test('without a trust set, or with one that has ended', async () => {
    const { clock, connector, send } = ends()
    connector.trustSet = undefined
    expect(verdict(send())).toBe('TRUST_SET_STALE')

    connector.trustSet = { number: 1, notAfter: new Date(clock.now().getTime() + 1000), suiteFloor: 1 }
    expect(verdict(send())).toBe('admitted')
    await clock.advance(1000)
    expect(verdict(send())).toBe('TRUST_SET_STALE')
  })

  test('when the request names a newer set; an older one is fine while its key is still trusted', () => {
    const { connector, send } = ends()
    connector.trustSet = { number: 5, notAfter: new Date(Date.UTC(2027)), suiteFloor: 1 }

    expect([4, 5, 6].map((trustSetNumber) => verdict(send({ trustSetNumber })))).toEqual([
      'admitted',
      'admitted',
      'TRUST_SET_BEHIND',
    ])
  })
})

describe('P9, PROTOCOL M-E20: operations are a closed list, and the class belongs to it', () => {
  test.each<[string, Partial<RequestDraft>]>([
    ['TABLE_VERSION', { tableVersion: 2 }],
    ['UNKNOWN_OPERATION', { operation: 'directory.delete' }],
    ['UNKNOWN_OPERATION', { operation: 'toString' }],
    ['CLASS_MISMATCH', { operation: 'certificates.issue', class: 'R' }],
  ])('%s', (expected, change) => {
    const { connector, send } = ends()

    const receipt = send(change)

    expect(verdict(receipt)).toBe(expected)
    expect(mayAnswer(receipt)).toBe(true)
    expect(connector.executed).toEqual([])
  })
})

describe('PROTOCOL M-E21: what a class needs is there', () => {
  test('class N needs an idempotency key, class S a generation', () => {
    const { send } = ends()

    expect(verdict(send({ operation: 'certificates.issue', class: 'N' }))).toBe('INCOMPLETE')
    expect(verdict(send({ operation: 'exchange.allow', class: 'S' }))).toBe('INCOMPLETE')
    const idempotencyKey = '0123456789abcdef'.repeat(2)
    expect(verdict(send({ operation: 'certificates.issue', class: 'N', idempotencyKey }))).toBe('admitted')
  })

  test('P4, T36: reordered states of one object never go back', () => {
    const { console: console_, connector } = ends({ objectOf: ({ parameters }) => Buffer.from(parameters).toString() })
    const verdicts: string[] = []
    const pipe = new HostilePipe((_, cargo) => verdicts.push(verdict(connector.receive(cargo))))
    const state = (object: string, generation: number) =>
      console_.seal(connector.recipient, {
        operation: 'exchange.allow',
        class: 'S',
        generation,
        parameters: Buffer.from(object),
      })
    for (const [object, generation] of [
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['b', 1],
      ['a', 3],
    ] as const)
      pipe.send('connector', state(object, generation).cargo)

    pipe.deliver(0, 2, 1, 3, 4)

    expect(verdicts).toEqual(['admitted', 'admitted', 'GENERATION', 'admitted', 'admitted'])
  })

  test('a request that is refused raises no floor', () => {
    const { send } = ends()
    const state = (generation: number, tableVersion: number) =>
      verdict(send({ operation: 'exchange.allow', class: 'S', generation, tableVersion }))

    expect([state(9, 2), state(1, 1)]).toEqual(['TABLE_VERSION', 'admitted'])
  })
})

test('PROTOCOL M-E22: parameters that are not those of the digest are refused', () => {
  const { console: console_, connector } = ends()
  const { opened } = connector.receive(console_.seal(connector.recipient).cargo) as Receipt & { kind: 'admitted' }
  const statement = { ...opened.request, requestId: toHex(randomBytes(16)), parameters: Buffer.from('{}') }

  const receipt = connector.receive(
    forgeRequest({ statement, to: connector.keys.publicKey, privateKey: console_.signer.privateKey }),
  )

  expect(verdict(receipt)).toBe('PARAMETER_DIGEST')
})

test('a console judges by its own clock, and tells senders of each group apart', () => {
  const clock = new FakeClock()
  const console_ = new ConsoleEnd(clock)
  const connectors = [makeSigner(), makeSigner()]
  const end = new ConnectorEnd(console_, {
    direction: 'connectorToConsole',
    trustSet: 'issuer',
    groupOf: (keyId) => (keyId === connectors[0]?.keyId ? console_.group : undefined),
    senders: sendersOf(...connectors),
    operations: sampleOperations,
    earlyMs: 600_000,
    lateMs: 600_000,
  })
  const hello = (signer: (typeof connectors)[number], atMs: number) => {
    const issuedAt = new Date(clock.now().getTime() + atMs)
    const sender = Object.assign(new ConsoleEnd(clock, console_.group), { signer })
    const deadline = new Date(issuedAt.getTime() + 10_000)
    return verdict(
      end.receive(sender.seal(end.recipient, { direction: 'connectorToConsole', issuedAt, deadline }).cargo),
    )
  }
  const [known, ofAnotherGroup] = connectors as [(typeof connectors)[number], (typeof connectors)[number]]

  expect(hello(known, -600_000)).toBe('admitted')
  expect(hello(known, 600_000)).toBe('admitted')
  expect(hello(known, 600_001)).toBe('FROM_THE_FUTURE')
  expect(hello(known, -610_000)).toBe('EXPIRED')
  expect(hello(ofAnotherGroup, 0)).toBe('WRONG_RECIPIENT')
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
