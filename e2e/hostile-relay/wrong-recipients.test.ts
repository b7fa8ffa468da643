/**
 * T37, T38, T39, T40: messages for somebody else, sealed anew, answered by another's answer, or of an older time.
 */
import { join } from 'node:path'
import { EncryptionKeyRing, makeXWingPrivateKey, sealRequest, type XWingPublicKey } from '@sallygate/envelope'
import { issueConsoleIdentity, makeDescriptor, makePrivateKey, makeProductRoot, type ConsoleId } from '@sallygate/trust'
import { honest, type PassingCargo } from '@sallygate/testkit/tampers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { expectTypedFailure, Gate, namesIn, replyFrom, replyTo, requestFrom, requestTo } from './gate.ts'
import { reseal, RogueConnector } from './rogue-connector.ts'

const cannotOpen = 'ENVELOPE_CANNOT_OPEN'
/** Every encryption key that any end has had, newest last: more than any attacker can know. */
const publicKeys: XWingPublicKey[] = []

let gate: Gate
beforeAll(async () => {
  const own = Object.getOwnPropertyDescriptor(EncryptionKeyRing.prototype, 'publicKey')
  vi.spyOn(EncryptionKeyRing.prototype, 'publicKey', 'get').mockImplementation(function (this: EncryptionKeyRing) {
    const key = own?.get?.call(this) as XWingPublicKey
    publicKeys.push(key)
    return key
  })
  gate = await Gate.open({ seed: 0x37 })
}, 30_000)
afterAll(async () => {
  vi.restoreAllMocks()
  await gate.close()
})

const patched = (cargo: Buffer, ...changes: readonly (readonly [at: number, bytes: Uint8Array])[]) => {
  const copy = Buffer.from(cargo)
  for (const [at, bytes] of changes) copy.set(bytes, at)
  return copy
}
const idOfReply = (cargo: Buffer) => cargo.subarray(3, 19)
const idOfRequest = (cargo: Buffer) => cargo.subarray(19, 35)
/** The key that this request was sealed to, found by the hint in it. */
const keyOf = (cargo: Buffer) => {
  const key = publicKeys.find(({ digest }) => digest.startsWith(cargo.toString('hex', 3, 11)))
  if (key === undefined) throw new Error('no such key')
  return key
}

describe('T37: a message delivered to somebody else', () => {
  test.each([
    ['another group', 'one', 'branch'],
    ['another instance of the group', 'one', 'two'],
    ['the first group', 'branch', 'one'],
  ] as const)('of %s is refused there and counted, and still good where it belongs', async (_name, from, to) => {
    const before = { operations: gate.backEnd.operations, refused: gate.refusals(to, cannotOpen) }
    const holding = gate.hold(requestTo(gate.instance(from)))
    const answer = gate.search(from, 'Lindqvist')
    const held = await holding

    await gate.deliver([{ ...held, to: gate.peer(to).address ?? held.to }])

    expect(gate.refusals(to, cannotOpen)).toBe(before.refused + 1)
    expect(gate.backEnd.operations).toBe(before.operations)
    gate.relay.inject(held)
    expect(namesIn(await answer)).toEqual(['Freya Lindqvist'])
    await gate.works()
  })

  test('a hello that the relay says came from another connector is still its own, and nobody else’s', async () => {
    const [one, two] = [gate.peer('one').address, gate.peer('two').address]
    const holding = gate.hold(requestFrom(gate.instance('one')))
    gate.peer('one').cut()
    const hello = await holding

    await gate.deliver([{ ...hello, from: two ?? hello.from }])

    expect(one).not.toEqual(two)
    await gate.works(['two', 'branch'])
    await gate.reconnect('one')
    await gate.works()
  })
})

describe('T38: a signed request, taken out of its envelope and sealed to somebody else', () => {
  test('is refused by a sibling and by another group, whatever the thief writes on the outside', async () => {
    await gate.enroll('thief', await gate.code())
    const thief = new RogueConnector(join(gate.home, 'thief'))
    const victims = []
    for (const name of ['one', 'branch'] as const) {
      const tapped = gate.tap(requestTo(gate.instance(name)))
      await gate.search(name, 'Keller')
      victims.push({ name, key: keyOf((await tapped).cargo), from: (await tapped).from })
    }
    gate.relay.tamper = honest
    await thief.join()
    expectTypedFailure(await gate.call('thief', 'directory.search', { kind: 'users' }, 400))
    const stolen = thief.work.find(({ opened }) => opened.request.operation === 'directory.search')
    if (stolen === undefined) throw new Error('the thief was sent nothing')
    const { request } = stolen.opened
    const { header, signed } = await thief.strip(stolen.cargo)

    for (const { name, key, from } of victims) {
      const before = { operations: gate.backEnd.operations, refused: gate.refusals(name, cannotOpen) }
      const hint = Buffer.from(key.digest, 'hex').subarray(0, 8)
      const recipient = { endpoint: gate.instance(name) as never, publicKey: key, bootNonce: request.bootNonce }
      const forgeries = [
        await reseal(header, signed, key),
        await reseal(patched(header, [3, hint]), signed, key),
        sealRequest({ ...request, deadline: inAMinute() }, recipient, thief.signer).cargo,
        sealRequest({ ...request, deadline: inAMinute() }, recipient, { ...thief.signer, keyId: request.senderKeyId })
          .cargo,
      ]

      const address = gate.peer(name).address ?? from
      await gate.deliver(
        forgeries.map((cargo) => ({
          from,
          to: address,
          token: '00'.repeat(8),
          ttlMs: 1000,
          cargo: Buffer.from(cargo),
        })),
      )

      expect(gate.refusals(name, cannotOpen)).toBe(before.refused + forgeries.length)
      expect(gate.backEnd.operations).toBe(before.operations)
    }
    await thief.stop()
    await gate.works()
  })
})

describe('T39: an answer to another question', () => {
  /** Two look-ups under way, and their replies before anybody has got one. */
  async function twoReplies(deadlineMs: number) {
    const held: PassingCargo[] = []
    const both = Promise.withResolvers<void>()
    const isReply = replyFrom(gate.instance('one'))
    gate.relay.tamper = (passing) => {
      if (!isReply(passing) || held.length === 2) return [passing]
      held.push(passing)
      if (held.length === 2) both.resolve()
      return []
    }
    const answers = [gate.search('one', 'Ada', deadlineMs), gate.search('one', 'Bruno', deadlineMs)]
    await both.promise
    const [first, second] = held as [PassingCargo, PassingCargo]
    return { answers: Promise.all(answers), first, second }
  }

  test('two replies in each other’s place reach their own callers', async () => {
    const { answers, first, second } = await twoReplies(5000)

    await gate.deliver([
      { ...first, cargo: second.cargo },
      { ...second, cargo: first.cargo },
    ])

    expect((await answers).map(namesIn)).toEqual([['Ada Okafor'], ['Bruno Keller']])
    await gate.works()
  })

  test('two replies under each other’s number are both refused, and both callers are told', async () => {
    const { answers, first, second } = await twoReplies(900)

    await gate.deliver([
      { ...first, cargo: patched(second.cargo, [3, idOfReply(first.cargo)]) },
      { ...second, cargo: patched(first.cargo, [3, idOfReply(second.cargo)]) },
    ])

    for (const answer of await answers) {
      expectTypedFailure(answer)
      expect(answer.body.code).toBe('CONSOLE_CONNECTOR_SILENT')
    }
    await gate.works()
  })

  test('the genuine reply to another request, and the request itself, answer nothing; the true reply still does', async () => {
    const tapped = gate.tap(replyFrom(gate.instance('one')))
    await gate.search('one', 'Dolores')
    const { cargo: earlier } = await tapped
    const requesting = gate.hold(requestTo(gate.instance('one')))
    const answer = gate.search('one', 'Emre')
    const request = await requesting
    const replying = gate.hold(replyFrom(gate.instance('one')))
    gate.relay.inject(request)
    const reply = await replying
    const id = idOfRequest(request.cargo)

    await gate.deliver(
      [earlier, patched(earlier, [3, id]), request.cargo, patched(request.cargo, [0, Buffer.from([2])], [3, id])].map(
        (cargo) => ({ ...reply, cargo }),
      ),
    )
    gate.relay.inject(reply)

    expect(namesIn(await answer)).toEqual(['Emre Yıldız'])
    expect(gate.backEnd.lookUps('Emre')).toBe(1)
    await gate.works()
  })
})

describe('T40: an older time', () => {
  test('every other version and suite on a request is refused and counted', async () => {
    const refused = gate.refusals('one', cannotOpen)
    const holding = gate.hold(requestTo(gate.instance('one')))
    const answer = gate.search('one', 'Hana')
    const held = await holding
    const others = Array.from({ length: 256 }, (_, other) => other).filter((other) => other !== 1)

    await gate.deliver(
      others.flatMap((other) =>
        [1, 2].map((at) => ({ ...held, cargo: patched(held.cargo, [at, Buffer.from([other])]) })),
      ),
    )

    expect(gate.refusals('one', cannotOpen)).toBe(refused + 2 * others.length)
    expect(gate.backEnd.lookUps('Hana')).toBe(0)
    gate.relay.inject(held)
    expect(namesIn(await answer)).toEqual(['Hana Suzuki'])
    await gate.works()
  })

  test('an older hop protocol gets no proof out of a connector, and is named', async () => {
    const proofs = gate.peer('one').received.get('proof')
    gate.relay.frames = (frame) => [frame.type === 'challenge' ? { ...frame, version: 0 } : frame]
    gate.peer('one').cut()

    await gate.until(() => gate.facts('one').relay.lastFailure?.details['reason'] === 'another protocol version')

    expect(proofs).toBe(1)
    expect(gate.facts('one').isLive).toBe(false)
    await gate.works()
  })

  test('an old hello answer, with the trust set of then, opens no session and lowers no floor', async () => {
    const instance = gate.instance('one')
    const tapped = gate.tap(replyTo(instance))
    await gate.reconnect('one')
    const old = await tapped
    const { number } = gate.facts('one').trustSet
    const holding = gate.hold(requestFrom(instance))
    gate.peer('one').cut()
    const hello = await holding

    await gate.deliver([old, { ...old, cargo: patched(old.cargo, [3, idOfRequest(hello.cargo)]) }])

    expect(gate.facts('one').isLive).toBe(false)
    expect(gate.facts('one').trustSet.number).toBe(number)
    gate.relay.inject(hello)
    await gate.until(() => gate.facts('one').isLive)
    expect(gate.facts('one').trustSet.number).toBeGreaterThanOrEqual(number)
    await gate.works()
  })

  test('a descriptor of another root, with a key that the relay can open, is passed over for the true one', async () => {
    const console = (await gate.api('GET', '/api/status')).body.console as ConsoleId
    const root = await makeProductRoot({ console, at: new Date() })
    const privateKey = makePrivateKey()
    const at = new Date()
    const identity = {
      privateKey,
      certificate: await issueConsoleIdentity({ issuer: root, publicKey: privateKey, console, at }),
    }
    const key = makeXWingPrivateKey().publicKey.raw
    const descriptor = makeDescriptor(
      { console, encryptionKey: key, issuedAt: at, notAfter: new Date(at.getTime() + 3_600_000) },
      identity,
      root.certificate,
    )
    let forged = 0
    gate.relay.tamper = (passing) => {
      if (passing.cargo[0] !== 4) return [passing]
      forged++
      const length = Buffer.alloc(4)
      length.writeUInt32BE(descriptor.length)
      return [{ ...passing, cargo: Buffer.concat([passing.cargo.subarray(0, 18), length, descriptor]) }, passing]
    }

    await gate.reconnect('one')

    expect(forged).toBeGreaterThan(0)
    await gate.works()
  })

  test('the descriptor from before the console was restarted opens no session, and harms none', async () => {
    const tapped = gate.tap(({ cargo, to }) => cargo[0] === 4 && to.instance === gate.instance('one'))
    await gate.reconnect('one')
    const { cargo: old } = await tapped
    await gate.console.stop()
    const isQuestion = requestFrom(gate.instance('one'))
    const asked = Promise.withResolvers<PassingCargo>()
    gate.relay.tamper = (passing) => {
      if (isQuestion(passing)) asked.resolve(passing)
      // Dressed as the answer to whatever was asked.
      const isDescriptor = passing.cargo[0] === 4 && passing.to.instance === gate.instance('one')
      return [isDescriptor ? { ...passing, cargo: patched(old, [2, passing.cargo.subarray(2, 18)]) } : passing]
    }
    await gate.startConsole()
    await gate.until(async () => (await gate.connector('two')).state === 'live')
    gate.peer('one').cut()
    await gate.deliver([await asked.promise])

    expect((await gate.connector('one')).state).not.toBe('live')
    expectTypedFailure(await gate.search('one', 'Jakub', 400))
    gate.relay.tamper = honest
    await gate.reconnect('one')
    expect(gate.backEnd.lookUps('Jakub')).toBe(0)
    await gate.works()
  }, 20_000)
})

const inAMinute = () => new Date(Date.now() + 60_000)
