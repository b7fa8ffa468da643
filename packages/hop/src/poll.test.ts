import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import {
  batchLength,
  decodeBatch,
  encodeBatch,
  isGenuine,
  limits,
  makePollKey,
  openPollAnswer,
  pollKeys,
  pollNonce,
  pollPath,
  randomId,
  readPollPath,
  sealPollAnswer,
  type PollKeys,
  type PollRequest,
} from './index.ts'

function agreed(): { readonly session: string; readonly peer: PollKeys; readonly relay: PollKeys } {
  const [session, salt] = [randomId(), randomBytes(32)]
  const [own, their] = [makePollKey(), makePollKey()]
  const nonce = pollNonce(session, own.publicKey, their.publicKey, salt)
  const peer = pollKeys(own, their.publicKey, nonce)
  const relay = pollKeys(their, own.publicKey, nonce)
  if (peer === undefined || relay === undefined) throw new Error('no keys')
  return { session, peer, relay }
}

const { session, peer, relay } = agreed()
const up = { session, direction: 'up', number: 7, detail: 'ab'.repeat(32) } as const

function read(path: string): PollRequest {
  const request = readPollPath(path.slice('/poll'.length))
  if (request === undefined) throw new Error('not read')
  return request
}

describe('a request', () => {
  test('is read as it was written, and is genuine for the keys of its session', () => {
    const down = { session, direction: 'down', number: 3, detail: '2' } as const

    for (const request of [up, down]) {
      expect(read(pollPath(request, peer))).toMatchObject(request)
      expect(isGenuine(read(pollPath(request, peer)), relay)).toBe(true)
      expect(isGenuine(read(pollPath(request, peer)), agreed().relay)).toBe(false)
    }
  })

  test('in which anything was changed is not genuine (PROTOCOL M-H31)', () => {
    const request = read(pollPath(up, peer))
    const changes: readonly Partial<PollRequest>[] = [
      { session: randomId() },
      { number: 8 },
      { detail: 'ac'.repeat(32) },
      { direction: 'down' },
      { mac: '00'.repeat(16) },
    ]

    for (const change of changes) expect(isGenuine({ ...request, ...change }, relay)).toBe(false)
  })

  test('in any other form is none', () => {
    const path = pollPath(up, peer).slice('/poll'.length)

    for (const other of [
      `${path}/`,
      path.toUpperCase(),
      path.slice(1),
      `${path}?`,
      path.replace('up', 'down'),
      '/',
      '',
    ]) {
      expect(readPollPath(other)).toBeUndefined()
    }
    fc.assert(fc.property(fc.string(), (text) => readPollPath(text) === undefined))
  })
})

describe('an answer', () => {
  test('opens for its own request and for no other (PROTOCOL M-H31)', () => {
    const answer = sealPollAnswer(up, Buffer.from('body'), relay)

    expect(openPollAnswer(up, answer, peer)?.toString()).toBe('body')
    expect(openPollAnswer({ ...up, number: 8 }, answer, peer)).toBeUndefined()
    expect(openPollAnswer({ ...up, direction: 'down' }, answer, peer)).toBeUndefined()
    expect(openPollAnswer(up, answer, agreed().peer)).toBeUndefined()
    for (let at = 0; at < answer.length; at++) {
      const changed = Buffer.from(answer)
      changed.writeUInt8((changed[at] ?? 0) ^ 1, at)
      expect(openPollAnswer(up, changed, peer)).toBeUndefined()
    }
    expect(openPollAnswer(up, Buffer.alloc(15), peer)).toBeUndefined()
  })
})

describe('keys', () => {
  test('come from both sides: a key of low order, which leads to a secret anybody knows, is refused', () => {
    for (const low of [Buffer.alloc(32), Buffer.alloc(32, 0).fill(1, 0, 1)]) {
      expect(pollKeys(makePollKey(), low, randomBytes(32))).toBeUndefined()
    }
  })

  test('of the two directions differ', () => {
    expect(peer.up.equals(peer.down)).toBe(false)
    expect(peer.up.equals(relay.up) && peer.down.equals(relay.down)).toBe(true)
  })
})

describe('a batch', () => {
  test('is decoded as it was encoded, and nothing else is one', () => {
    const frames = fc.array(
      fc.uint8Array({ maxLength: 50 }).map((part) => Buffer.from(part)),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.boolean(), frames, (sequence, isLast, some) => {
        const batch = { sequence, isLast, frames: some }
        expect(decodeBatch(encodeBatch(batch))).toEqual(batch)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (garbage) => {
        try {
          expect(encodeBatch(decodeBatch(garbage)).equals(garbage)).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: 'HOP_BAD_FRAME' })
        }
      }),
    )
  })

  test('holds as many frames as fit, and the first whatever its size', () => {
    const sized = (...lengths: readonly number[]) => lengths.map((length) => ({ length }))

    expect(batchLength([])).toBe(0)
    expect(batchLength(sized(limits.messageBytes, 1))).toBe(1)
    expect(batchLength(sized(200_000, 200_000, 200_000))).toBe(2)
    expect(batchLength(sized(...Array.from({ length: 5000 }, () => 10)))).toBe(limits.pollBatchFrames)
  })
})
