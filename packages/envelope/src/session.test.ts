/**
 * What opens a session: keys, times, and asking for the descriptor.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { makeId, type InstanceId } from '@sallygate/trust'
import {
  answerWithDescriptor,
  askForDescriptor,
  openDescriptorAnswer,
  openDescriptorQuery,
} from './descriptor-query.ts'
import { kindOf } from './fields.ts'
import { EncryptionKeyRing } from './key-ring.ts'
import { KEY_OVERLAP_MS, KEY_ROTATION_MS } from './limits.ts'
import { ClockOffset } from './message-clock.ts'
import { keyHintOf } from './request.ts'
import { decodeHello, decodeHelloAnswer, encodeHello, encodeHelloAnswer } from './session.ts'
import { makeXWingPrivateKey } from './x-wing.ts'

const sampleHello = {
  instance: makeId<InstanceId>(),
  bootNonce: toHex(randomBytes(16)),
  software: '1.2.3',
  abilities: ['directory', 'mail'],
  policyDigest: toHex(randomBytes(32)),
  tableVersion: 3,
  trustSetNumber: 12,
} as const

describe('the hello', () => {
  test('comes back as it was, with a key that can be sealed to', () => {
    const { publicKey } = makeXWingPrivateKey()

    const decoded = decodeHello(encodeHello(sampleHello, publicKey))

    expect(decoded.hello).toMatchObject(sampleHello)
    expect(decoded.publicKey.raw).toEqual(publicKey.raw)
  })

  test('PROTOCOL M-E35: a key that is not the one of its digest is refused', () => {
    const { publicKey } = makeXWingPrivateKey()
    const encoded = encodeHello(sampleHello, { ...publicKey, digest: '00'.repeat(32) })

    expect(() => decodeHello(encoded)).toThrow(expect.objectContaining({ code: 'ENVELOPE_KEY_INVALID' }))
  })

  test('PROTOCOL M-E35: an answer to the hello of an earlier run is refused', () => {
    const answer = {
      bootNonce: sampleHello.bootNonce,
      consoleTime: new Date(0),
      settingsGeneration: 4,
      trustSet: undefined,
    }
    const encoded = encodeHelloAnswer(answer)

    expect(decodeHelloAnswer(encoded, sampleHello.bootNonce)).toEqual(answer)
    expect(() => decodeHelloAnswer(encoded, toHex(randomBytes(16)))).toThrow(
      expect.objectContaining({ code: 'ENVELOPE_STALE_SESSION' }),
    )
  })
})

describe('PROTOCOL M-E7: encryption keys live in memory, a day each', () => {
  test('the previous key opens until the longest message has ended, then it is gone', async () => {
    const clock = new FakeClock()
    const announced: string[] = []
    const ring = new EncryptionKeyRing({ clock, onRotate: ({ digest }) => announced.push(digest) })
    const first = ring.publicKey

    await clock.advance(KEY_ROTATION_MS)
    const second = ring.publicKey
    const during = [first, second].map((key) => ring.find(keyHintOf(key)) !== undefined)
    await clock.advance(KEY_OVERLAP_MS)
    const after = [first, second].map((key) => ring.find(keyHintOf(key)) !== undefined)

    expect(second.digest).not.toBe(first.digest)
    expect(announced).toEqual([second.digest])
    expect([during, after]).toEqual([
      [true, true],
      [false, true],
    ])
    ring.stop()
    expect(clock.pending).toBe(0)
  })

  test('rotating twice in a row keeps only the last two keys', () => {
    const ring = new EncryptionKeyRing({ clock: new FakeClock() })
    const first = ring.publicKey

    ring.rotate()
    ring.rotate()

    expect(ring.find(keyHintOf(first))).toBeUndefined()
    ring.stop()
  })
})

describe('PROTOCOL M-E16: the console’s time, as a connector knows it', () => {
  test.each([
    [0, 'right'],
    [120_000, 'right'],
    [120_001, 'alarm'],
    [-600_000, 'alarm'],
    [600_001, 'wrong'],
  ] as const)('%i ms away: %s', (offsetMs, standing) => {
    const clock = new FakeClock()
    const offset = new ClockOffset(clock)

    offset.observe(new Date(clock.now().getTime() + offsetMs), 0, 0)

    expect(offset.read()).toEqual({ now: new Date(clock.now().getTime() + offsetMs), offsetMs, standing })
  })

  test('is unknown before the first hello', () => {
    expect(new ClockOffset(new FakeClock()).read().standing).toBe('unknown')
  })

  test('P56: goes on by the monotonic clock when somebody sets the host clock', async () => {
    const clock = new FakeClock()
    const offset = new ClockOffset(clock)
    const consoleTime = clock.now()
    offset.observe(consoleTime, 0, 0)

    clock.jumpWall(86_400_000)
    await clock.advance(5_000)

    expect(offset.read()).toEqual({
      now: new Date(consoleTime.getTime() + 5_000),
      offsetMs: -86_400_000,
      standing: 'wrong',
    })
  })

  test('takes the middle of the round trip', () => {
    const clock = new FakeClock()
    const offset = new ClockOffset(clock)

    offset.observe(clock.now(), -4_000, 0)

    expect(offset.read().offsetMs).toBe(2_000)
  })

  test.each([
    ['PROTOCOL M-E17: is not taken from an answer that took longer than ten seconds', -10_001, 0],
    ['is not taken from an answer that came before its question', 1, 0],
  ])('%s', (_, asked, answered) => {
    const clock = new FakeClock()
    const offset = new ClockOffset(clock)

    expect(offset.observe(clock.now(), asked, answered)).toBe(false)
    expect(offset.read().standing).toBe('unknown')
  })
})

describe('asking for the descriptor', () => {
  test('the answer belongs to the question', () => {
    const { cargo, queryId } = askForDescriptor()
    const descriptor = randomBytes(2000)

    const answer = answerWithDescriptor(openDescriptorQuery(cargo), descriptor)

    expect(openDescriptorAnswer(answer, queryId)).toEqual(descriptor)
    expect([kindOf(cargo), kindOf(answer)]).toEqual(['descriptorQuery', 'descriptor'])
  })

  test('PROTOCOL M-E1: anything else is refused, bytes left over included', () => {
    const { cargo, queryId } = askForDescriptor()
    const answer = answerWithDescriptor(queryId, randomBytes(10))
    const wrong = [
      () => openDescriptorQuery(Buffer.concat([cargo, Buffer.alloc(1)])),
      () => openDescriptorQuery(answer),
      () => openDescriptorAnswer(cargo, queryId),
      () => openDescriptorAnswer(answer.subarray(0, -1), queryId),
      () => openDescriptorAnswer(answer, askForDescriptor().queryId),
    ]

    for (const open of wrong) expect(open).toThrow(expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN' }))
    expect(kindOf(Buffer.alloc(0))).toBeUndefined()
    expect(kindOf(Buffer.from([0]))).toBeUndefined()
  })
})
