/**
 * The console’s answer to a stranger.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { flipBit } from '@sallygate/testkit/hostile-pipe'
import { keyIdOf, makePrivateKey, publicKeyOf } from '@sallygate/trust'
import { openEnrollmentReply, requestIdOfEnrollmentReply, sealEnrollmentReply } from './enrollment-reply.ts'
import { sealEnrollment } from './enrollment.ts'
import { cannotOpen, consoleWithInvitations, enrolled } from './testing/invitations.ts'
import { forgeEnrollmentReply } from './testing/forge-enrollment.ts'
import { outcomeOf } from './testing/outcome.ts'

describe('PROTOCOL M-E34: the answer is the console’s, and for this request', () => {
  const console_ = consoleWithInvitations()
  const identity = publicKeyOf(console_.identity)
  const exchange = () => {
    const { cargo, pending } = sealEnrollment(console_.draft, console_.byInstaller)
    const opened = console_.open(cargo)
    const reply = sealEnrollmentReply(opened, { kind: 'enrolled', enrolled }, console_.identity, enrolled.time)
    return { cargo, opened, pending, reply }
  }

  test('a refusal carries a code that a person can look up', () => {
    const { opened, pending } = exchange()
    const answer = { kind: 'refused', failure: 'ENROLLMENT_NAME_TAKEN' } as const

    const reply = sealEnrollmentReply(opened, answer, console_.identity, enrolled.time)

    expect(openEnrollmentReply(reply, pending, identity)).toEqual({ ...answer, issuedAt: enrolled.time })
  })

  test('swapped, echoed, altered, or signed by anybody else, it is refused', () => {
    const [first, second] = [exchange(), exchange()]
    const impostor = makePrivateKey()
    const forged = sealEnrollmentReply(first.opened, { kind: 'enrolled', enrolled }, impostor, enrolled.time)

    for (const cargo of [second.reply, first.cargo, forged, first.reply.subarray(1), Buffer.alloc(0)])
      expect(() => openEnrollmentReply(cargo, first.pending, identity)).toThrow(cannotOpen)
    for (let bit = 0; bit < first.reply.length * 8; bit += 97)
      expect(() => openEnrollmentReply(flipBit(first.reply, bit), first.pending, identity)).toThrow(cannotOpen)
    expect(openEnrollmentReply(first.reply, first.pending, identity).kind).toBe('enrolled')
    expect(keyIdOf(impostor)).not.toBe(keyIdOf(console_.identity))
  })

  test('a request that reaches the console in another wrapping is not the one that was answered', () => {
    const { cargo, reply } = exchange()
    const again = exchange()

    const pending = { ...again.pending, requestId: requestIdOfEnrollmentReply(reply) ?? '' }

    expect(() => openEnrollmentReply(reply, pending, identity)).toThrow(cannotOpen)
    expect(requestIdOfEnrollmentReply(cargo)).toBeUndefined()
  })

  test.each([
    ['nothing wrong', {}, {}, 'refused'],
    ['another version', { version: 2 }, {}, 'ENVELOPE_CANNOT_OPEN'],
    ['another suite', { suite: 2 }, {}, 'ENVELOPE_CANNOT_OPEN'],
    ['another kind', { kind: 5 }, {}, 'ENVELOPE_CANNOT_OPEN'],
    ['a failure beside what was enrolled', {}, { enrolled }, 'ENVELOPE_CANNOT_OPEN'],
    ['neither', {}, { failure: undefined }, 'ENVELOPE_CANNOT_OPEN'],
    ['another request id under the signature', {}, { requestId: '00'.repeat(16) }, 'ENVELOPE_CANNOT_OPEN'],
  ])('signed by the console with %s', (_, change, stated, expected) => {
    const { pending } = exchange()
    const { requestId, requestDigest, secret } = pending
    const statement = {
      requestId,
      requestDigest,
      issuedAt: enrolled.time,
      enrolled: undefined,
      failure: 'X',
      ...stated,
    }
    const reply = forgeEnrollmentReply({
      statement,
      secret,
      privateKey: console_.identity,
      header: { requestId, ...change },
    })

    expect(outcomeOf(() => openEnrollmentReply(reply, pending, identity).kind)).toBe(expected)
  })
})
