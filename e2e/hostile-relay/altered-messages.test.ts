/**
 * T33, T42, T43: messages that were altered, cut, joined, blown up, or are something else.
 */
import { encodeFrame, unknownSender } from '@sallygate/hop'
import type { PassingCargo } from '@sallygate/testkit/tampers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectTypedFailure, Gate, namesIn, replyFrom, replyTo, requestFrom, requestTo } from './gate.ts'

const KIB = 1024
/** Header, encapsulated key and tag in front of and behind a request's bucket; PROTOCOL states them. */
const requestOverhead = 35 + 1120 + 16
const cannotOpen = 'ENVELOPE_CANNOT_OPEN'

let gate: Gate
beforeAll(async () => void (gate = await Gate.open({ seed: 0x33 })), 30_000)
afterAll(() => gate.close())

/** The same cargo once for each of its bytes, with one bit of that byte flipped. */
function* flips(passing: PassingCargo, from = 0): Generator<PassingCargo> {
  for (let at = from; at < passing.cargo.length; at++) {
    const cargo = Buffer.from(passing.cargo)
    cargo[at] = (cargo[at] ?? 0) ^ (1 << gate.relay.random.below(8))
    yield { ...passing, cargo }
  }
}

/** A look-up that is held, what is delivered in its place, and then the look-up itself after all. */
async function inPlaceOf(
  text: string,
  altered: (held: PassingCargo) => Iterable<PassingCargo>,
): Promise<{ readonly delivered: number; readonly refused: number }> {
  const before = {
    refused: gate.refusals('one', cannotOpen),
    operations: gate.backEnd.operations,
    lookUps: gate.backEnd.lookUps(text),
  }
  const holding = gate.hold(requestTo(gate.instance('one')))
  const answer = gate.search('one', text, 9000)
  const held = await holding
  const delivered = await gate.deliver(altered(held))
  expect(gate.backEnd.operations).toBe(before.operations)
  gate.relay.inject(held)

  expect(namesIn(await answer)).toHaveLength(1)
  expect(gate.backEnd.lookUps(text)).toBe(before.lookUps + 1)
  await gate.works()
  return { delivered, refused: gate.refusals('one', cannotOpen) - before.refused }
}

describe('T33: a flipped bit', () => {
  test('in any byte of a request is refused and counted, and the request itself is good afterwards', async () => {
    const { delivered, refused } = await inPlaceOf('Bruno', flips)

    // With its first byte changed it is no request, and nobody's.
    expect(delivered).toBe(requestOverhead + KIB)
    expect(refused).toBe(delivered - 1)
  })

  test('in any byte of a reply leaves the caller waiting for the true one', async () => {
    const holding = gate.hold(replyFrom(gate.instance('one')))
    const answer = gate.search('one', 'Freya', 9000)
    const held = await holding

    await gate.deliver(flips(held))
    gate.relay.inject(held)

    expect(namesIn(await answer)).toEqual(['Freya Lindqvist'])
    expect(gate.backEnd.lookUps('Freya')).toBe(1)
    await gate.works()
  })

  test('in any byte of a hello, or of its answer, makes no session and does not hinder the true one', async () => {
    const instance = gate.instance('one')
    const { length } = gate.log
    const holding = gate.hold(requestFrom(instance))
    gate.peer('one').cut()
    const hello = await holding
    await gate.deliver(flips(hello))
    expect(gate.log.slice(length).map(({ message }) => message)).not.toContain('connector said hello')

    const answering = gate.hold(replyTo(instance))
    gate.relay.inject(hello)
    const answer = await answering
    await gate.deliver(flips(answer))
    expect(gate.facts('one').isLive).toBe(false)
    gate.relay.inject(answer)

    await gate.until(() => gate.facts('one').isLive === true)
    await gate.works()
  })

  test('in any byte of an enrollment, or of its answer, enrolls nobody, and the true one enrolls one', async () => {
    const before = (await gate.api('GET', `/api/groups/${gate.groups.main}/connectors`)).body.connectors.length
    const holding = gate.hold(({ cargo }) => cargo[0] === 5)
    const enrolling = gate.enroll('newcomer', await gate.code())
    const request = await holding
    await gate.deliver(flips(request))
    const answering = gate.hold(({ cargo }) => cargo[0] === 6)
    gate.relay.inject(request)
    const answer = await answering
    await gate.deliver(flips(answer))
    gate.relay.inject(answer)

    expect((await enrolling).group).toBe(gate.groups.main)
    const after = (await gate.api('GET', `/api/groups/${gate.groups.main}/connectors`)).body.connectors.length
    expect(after).toBe(before + 1)
    await gate.works()
  })

  test('in any byte of the frame around a request costs at most the answer: it runs once or never', async () => {
    const holding = gate.hold(requestTo(gate.instance('one')))
    const answer = gate.search('one', 'Imani', 1200)
    const held = await holding
    const frame = encodeFrame({ type: 'cargo', ...held })
    const overhead = frame.length - held.cargo.length
    for (let at = 0; at < overhead; at++) {
      const altered = Buffer.from(frame)
      altered[at] = (altered[at] ?? 0) ^ (1 << gate.relay.random.below(8))
      gate.relay.frames = (one) => [one.type === 'cargo' ? altered : one]
      gate.relay.inject(held)
      await gate.until(() => gate.peer('one').credit > 0)
    }
    gate.relay.frames = (one) => [one]

    const { status, body } = await answer
    if (status === 200) expect(body.result.entries).toHaveLength(1)
    else expectTypedFailure({ status, body })
    expect(gate.backEnd.lookUps('Imani')).toBe(1)
    // What was no frame any more has cost the relay its credit.
    await gate.reconnect('one')
    await gate.works()
  })
})

describe('T42: a message of the wrong length', () => {
  const shapes: readonly (readonly [string, (held: PassingCargo) => readonly Buffer[]])[] = [
    ['cut anywhere', ({ cargo }) => [1, 2, 35, 36, 1155, 1156, cargo.length - 1].map((end) => cargo.subarray(0, end))],
    ['joined to itself', ({ cargo }) => [Buffer.concat([cargo, cargo]), Buffer.concat([cargo, cargo.subarray(0, 1)])]],
    [
      'padded to every bucket there is',
      ({ cargo }) =>
        [1, 4, 16, 64, 256]
          .map((bucket) => bucket * KIB + requestOverhead)
          .filter((length) => length > cargo.length)
          .map((length) => Buffer.concat([cargo, Buffer.alloc(length - cargo.length)])),
    ],
    ['as large as a frame may be', ({ cargo }) => [Buffer.concat([cargo, Buffer.alloc(300 * KIB - cargo.length)])]],
  ]

  test.each(shapes)('%s is refused and counted', async (_name, shape) => {
    const { delivered, refused } = await inPlaceOf('Hana', (held) => shape(held).map((cargo) => ({ ...held, cargo })))

    expect(refused).toBe(delivered)
  })

  test('in a frame that says it holds a gibibyte is garbage, and takes no memory', async () => {
    const before = gate.retainedBytes()
    const garbage = () => gate.facts('one').relay.garbageFrames
    const garbageBefore = garbage()
    const cargo = Buffer.alloc(2195, 1)
    const frame = encodeFrame({
      type: 'cargo',
      to: unknownSender,
      from: unknownSender,
      token: '00'.repeat(8),
      ttlMs: 1000,
      cargo,
    })
    frame.writeUInt32BE(2 ** 30, frame.length - cargo.length - 4)

    for (let times = 0; times < 20; times++) gate.peer('one').sendRaw(frame)

    await gate.until(() => garbage() === garbageBefore + 20)
    await gate.gaveBack(before)
    await gate.works()
  })

  test('in a WebSocket message that says it is a gibibyte long ends the connection, named, and takes no memory', async () => {
    const before = gate.retainedBytes()
    const { reconnects } = gate.facts('one').relay
    const header = Buffer.from([0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0])

    gate.peer('one').sendBytes(Buffer.concat([header, Buffer.alloc(KIB)]))

    await gate.until(() => gate.facts('one').relay.reconnects > reconnects)
    expect(gate.facts('one').relay.lastFailure?.code).toMatch(/^DIAL_/)
    await gate.gaveBack(before)
    await gate.works()
  })

  test.each([
    [
      'in fragments without end',
      [Buffer.from([0x02, 0]), ...Array.from({ length: 20_000 }, () => Buffer.from([0, 0]))],
    ],
    ['that says it is compressed', [Buffer.from([0xc2, 4]), Buffer.from('4bcb0400', 'hex')]],
    ['as text', [Buffer.from([0x81, 2]), Buffer.from('hi')]],
  ] as const)('%s ends the connection, named, and the connector comes back', async (_name, pieces) => {
    const before = gate.retainedBytes()
    const { reconnects } = gate.facts('one').relay

    gate.peer('one').sendBytes(Buffer.concat(pieces))

    await gate.until(() => gate.facts('one').relay.reconnects > reconnects)
    expect(gate.facts('one').relay.lastFailure?.code).toMatch(/^DIAL_/)
    await gate.gaveBack(before)
    await gate.until(() => gate.facts('one').isLive)
    await gate.works()
  })
})

describe('T43: one thing in the place of another', () => {
  const at = (held: PassingCargo, offset: number, bytes: Uint8Array) => {
    const cargo = Buffer.from(held.cargo)
    cargo.set(bytes, offset)
    return cargo
  }
  const x25519At = 35 + 1088
  const shapes: readonly (readonly [string, (held: PassingCargo) => readonly Buffer[]])[] = [
    [
      'low-order X25519 points where the sender’s share is',
      (held) =>
        [
          '00'.repeat(32),
          `01${'00'.repeat(31)}`,
          'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
          '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
          `ec${'ff'.repeat(30)}7f`,
        ].map((point) => at(held, x25519At, Buffer.from(point, 'hex'))),
    ],
    ['an encapsulated key of zeros', (held) => [at(held, 35, Buffer.alloc(1120))]],
    ['a tag of four bytes', ({ cargo }) => [cargo.subarray(0, cargo.length - 12)]],
    ['no tag', ({ cargo }) => [cargo.subarray(0, cargo.length - 16)]],
    ['a tag of zeros', (held) => [at(held, held.cargo.length - 16, Buffer.alloc(16))]],
    ['no suite, and suites that do not exist', (held) => [0, 2, 255].map((suite) => at(held, 2, Buffer.from([suite])))],
    ['the hint of another key', (held) => [at(held, 3, Buffer.alloc(8))]],
    ['a certificate where the sealed part is', (held) => [at(held, 35, Buffer.from('3082010a', 'hex'))]],
  ]

  test.each(shapes)('%s: refused and counted', async (_name, shape) => {
    const { delivered, refused } = await inPlaceOf('Suzuki', (held) => shape(held).map((cargo) => ({ ...held, cargo })))

    expect(refused).toBe(delivered)
  })

  test('a request as every other kind of cargo, at both ends, does nothing', async () => {
    const holding = gate.hold(requestTo(gate.instance('one')))
    const answer = gate.search('one', 'Keller', 9000)
    const held = await holding
    const before = gate.backEnd.operations
    const kinds = Array.from({ length: 256 }, (_, kind) => at(held, 0, Buffer.from([kind])))
    const toConnector = kinds.filter((cargo) => cargo[0] !== 1).map((cargo) => ({ ...held, cargo }))
    const toConsole = kinds.map((cargo) => ({ ...held, to: held.from, from: held.to, cargo }))
    await gate.deliver([...toConnector, ...toConsole])

    expect(gate.backEnd.operations).toBe(before)
    gate.relay.inject(held)
    expect(namesIn(await answer)).toEqual(['Bruno Keller'])
    await gate.works()
  })

  test('frames that only a console gets, or that no relay sends, leave a connector as it is', async () => {
    const peer = gate.peer('one')
    const garbage = gate.facts('one').relay.garbageFrames
    const entry = { ...peer.rosterEntry(), attachment: '11'.repeat(8) }
    peer.send({ type: 'roster', entries: [entry] })
    peer.send({ type: 'rosterChange', event: 'joined', entry })
    peer.send({ type: 'admitted', number: 99, ok: true, reason: 'accepted' })
    peer.sendRaw(encodeFrame({ type: 'credit', count: 9 }))
    peer.sendRaw(Buffer.from([0xff, 1, 2, 3]))
    peer.sendRaw(Buffer.alloc(0))

    await gate.until(() => gate.facts('one').relay.garbageFrames >= garbage + 3)
    await gate.works()
  })
})
