/**
 * Contexts that carry several requests: bounded at the sender, in any order and never
 * depended upon at the receiver.
 *
 * @module
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit'
import { ConnectorEnd, ConsoleEnd, sendersOf } from '@sallygate/testkit/envelope-ends'
import { flipBit } from '@sallygate/testkit/hostile-pipe'
import { BatchSigner } from './batch-signer.ts'
import { setupSender } from './hpke.ts'
import { CONTEXT_LIFE_MS, CONTEXT_MESSAGES, KEY_OVERLAP_MS } from './limits.ts'
import { ReceiverContexts } from './receiver-contexts.ts'
import { requestInfo } from './request-info.ts'
import { REQUEST_HEADER_LENGTH, requestHeader } from './request-layout.ts'
import { sealRequestInBatch, type SealedRequest } from './request.ts'
import { SenderContexts } from './sender-contexts.ts'
import { forge, connector as forged } from './testing/forger.ts'
import { XWING_CIPHERTEXT_LENGTH } from './x-wing.ts'

const sealedAt = REQUEST_HEADER_LENGTH + XWING_CIPHERTEXT_LENGTH
const encOf = (cargo: Buffer) => cargo.subarray(REQUEST_HEADER_LENGTH, sealedAt).toString('hex')
const sequenceOf = (cargo: Buffer) => requestHeader.decode(cargo.subarray(0, REQUEST_HEADER_LENGTH)).sequence

function office() {
  const clock = new FakeClock()
  const console_ = new ConsoleEnd(clock)
  const connector = new ConnectorEnd(console_)
  const contexts = new SenderContexts(clock)
  const signer = new BatchSigner(console_.signer, { later: (action) => action() })
  const seal = (to = connector) => sealRequestInBatch(console_.draft(), to.recipient, signer, contexts)
  return { clock, console_, connector, contexts, seal }
}

describe('the sender', () => {
  test('PROTOCOL M-E39: gives each message of a context its own number, and makes a new one after 256', async () => {
    const { seal } = office()
    const cargos: Buffer[] = []
    for (let count = 0; count <= CONTEXT_MESSAGES; count++) cargos.push((await seal()).cargo)

    expect(cargos.map(sequenceOf)).toEqual([...Array.from({ length: CONTEXT_MESSAGES }, (_, at) => at), 0])
    expect(new Set(cargos.map(encOf)).size).toBe(2)
  })

  test('PROTOCOL M-E39: makes a new one after two minutes', async () => {
    const { seal, clock } = office()
    const first = await seal()
    await clock.advance(CONTEXT_LIFE_MS - 1)
    const second = await seal()
    await clock.advance(1)
    const third = await seal()

    expect(encOf(second.cargo)).toBe(encOf(first.cargo))
    expect(encOf(third.cargo)).not.toBe(encOf(first.cargo))
    expect(sequenceOf(third.cargo)).toBe(0)
  })

  test('has one for each recipient key, so for each run of each instance', async () => {
    const { seal, console_, connector } = office()
    const sibling = new ConnectorEnd(console_)
    const [a, b] = [await seal(), await seal(sibling)]
    connector.keys.rotate()
    const c = await seal()

    expect(new Set([a, b, c].map(({ cargo }) => encOf(cargo))).size).toBe(3)
    expect([a, b, c].map(({ cargo }) => sequenceOf(cargo))).toEqual([0, 0, 0])
  })

  test('two requests of one context have different reply keys (PROTOCOL M-E24)', async () => {
    const { seal } = office()

    expect((await seal()).pending.secret).not.toEqual((await seal()).pending.secret)
  })
})

describe('the receiver', () => {
  test('PROTOCOL M-E40: opens the messages of a context in any order, whatever was lost or came twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ which: fc.nat({ max: 19 }), times: fc.integer({ min: 1, max: 2 }) }), { maxLength: 30 }),
        async (deliveries) => {
          const { seal, connector } = office()
          const sealed: SealedRequest[] = []
          for (let count = 0; count < 20; count++) sealed.push(await seal())

          for (const { which, times } of deliveries)
            for (let time = 0; time < times; time++) connector.receive((sealed[which] as SealedRequest).cargo)

          const wanted = new Set(deliveries.map(({ which }) => (sealed[which] as SealedRequest).requestId))
          expect(connector.executed.toSorted()).toEqual([...wanted].toSorted())
          expect(connector.gate.refusals.get('ENVELOPE_CANNOT_OPEN')).toBeUndefined()
        },
      ),
      { numRuns: 12 },
    )
  })

  test('T33, PROTOCOL M-E9: with the context known, no bit can be flipped either, the encapsulated key included', async () => {
    const { seal, connector } = office()
    const [first, second] = [await seal(), await seal()]
    connector.receive(first.cargo)
    const before = connector.executed.length

    for (let bit = 0; bit < second.cargo.length * 8; bit += 7) connector.receive(flipBit(second.cargo, bit))

    expect(connector.executed.length).toBe(before)
    expect(connector.receive(second.cargo).kind).toBe('admitted')
  }, 30_000)

  test('PROTOCOL M-E40: two messages under one number are refused while the context is held', () => {
    const context = setupSender(forged.keys.publicKey, requestInfo)

    expect(forged.receive(forge({ context, header: { sequence: 3 }, sequence: 3 })).kind).toBe('admitted')
    expect(forged.receive(forge({ context, header: { sequence: 4 }, sequence: 4 })).kind).toBe('admitted')
    expect(forged.receive(forge({ context, header: { sequence: 3 }, sequence: 3 })).kind).toBe('unopened')
  })

  test('keeps no context of a message whose signature was wrong', () => {
    const clock = new FakeClock()
    const contexts = new ReceiverContexts({ clock, garbagePerSecond: 2 })
    const console_ = new ConsoleEnd(clock)
    const connector = new ConnectorEnd(console_, { contexts, senders: sendersOf() })
    const stranger = new ConsoleEnd(clock)

    const kinds = Array.from({ length: 4 }, () => connector.receive(stranger.seal(connector.recipient).cargo).kind)

    expect(kinds).toEqual(['unopened', 'unopened', 'unopened', 'unopened'])
  })

  test('T46: garbage under our hint makes at most so many new contexts a second; known ones work on', async () => {
    const clock = new FakeClock()
    const console_ = new ConsoleEnd(clock)
    const connector = new ConnectorEnd(console_, { contexts: new ReceiverContexts({ clock, garbagePerSecond: 20 }) })
    const signer = new BatchSigner(console_.signer, { later: (action) => action() })
    const known = new SenderContexts(clock)
    const seal = (contexts: SenderContexts) =>
      sealRequestInBatch(console_.draft(), connector.recipient, signer, contexts)
    connector.receive((await seal(known)).cargo)
    const garbage = () => flipBit(console_.seal(connector.recipient).cargo, (sealedAt + 20) * 8)

    for (let count = 0; count < 30; count++) connector.receive(garbage())

    expect(connector.receive((await seal(known)).cargo).kind).toBe('admitted')
    expect(connector.receive((await seal(new SenderContexts(clock))).cargo).kind).toBe('unopened')
    await clock.advance(1000)
    expect(connector.receive((await seal(new SenderContexts(clock))).cargo).kind).toBe('admitted')
  })

  test('genuine new contexts use nothing of that up, however many come at once', async () => {
    const clock = new FakeClock()
    const console_ = new ConsoleEnd(clock)
    const connector = new ConnectorEnd(console_, { contexts: new ReceiverContexts({ clock, garbagePerSecond: 2 }) })

    const kinds = Array.from({ length: 20 }, () => connector.receive(console_.seal(connector.recipient).cargo).kind)

    expect(new Set(kinds)).toEqual(new Set(['admitted']))
  })

  test('PROTOCOL M-E7: a context goes with the key it came from', async () => {
    const { seal, connector, clock } = office()
    const [first, second, third] = [await seal(), await seal(), await seal()]
    connector.receive(first.cargo)
    connector.keys.rotate()

    expect(connector.receive(second.cargo).kind).toBe('admitted')
    await clock.advance(KEY_OVERLAP_MS)
    expect(connector.receive(third.cargo).kind).toBe('unopened')
  })
})
