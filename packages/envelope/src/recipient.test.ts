/**
 * For whom a request is carried out, and from whom.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { ConnectorEnd, ConsoleEnd, makeSigner, sampleOperations, sendersOf } from '@sallygate/testkit/envelope-ends'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { HostilePipe } from '@sallygate/testkit/hostile-pipe'
import { makeId, type GroupId } from '@sallygate/trust'
import { forgeRequest, sealAgain, takeOut } from './testing/forge.ts'
import { ends, mayAnswer, onlyKeyOf, verdict } from './testing/gate-ends.ts'

test('P1, PROTOCOL M-E10: a request is carried out only if a key signed it that is trusted now', () => {
  const { console: console_, connector, send } = ends()
  const stranger = new ConsoleEnd(console_.clock, console_.group)

  expect(verdict(send())).toBe('admitted')
  expect(verdict(connector.receive(stranger.seal(connector.recipient).cargo))).toBe('CANNOT_OPEN')
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
