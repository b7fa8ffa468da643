import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import {
  randomId,
  rawPublicKey,
  signHandOver,
  signWith,
  verifyHandOver,
  type AttachmentId,
  type HandOver,
} from './index.ts'

const randomName = (): AttachmentId => toHex(randomBytes(8))
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

const handOver: HandOver = {
  relay: randomId(),
  group: randomId(),
  instance: randomId(),
  attachment: randomName(),
  successor: randomName(),
}

async function told(change: Partial<HandOver> = {}) {
  const { signature } = await signHandOver(handOver, signWith(privateKey))
  const { relay, ...names } = { ...handOver, ...change }
  return { relay, frame: { type: 'handedOver' as const, ...names, signature } }
}

test('a hand-over counts for the key that signed it', async () => {
  const { relay, frame } = await told()

  expect(verifyHandOver(frame, relay, rawPublicKey(privateKey))).toBe(true)
  expect(verifyHandOver(frame, relay, rawPublicKey(stranger))).toBe(false)
})

test('a hand-over counts for exactly the relay, the instance and the two attachments it names (PROTOCOL M-H28)', async () => {
  const changes: readonly Partial<HandOver>[] = [
    { relay: randomId() },
    { group: randomId() },
    { instance: randomId() },
    { attachment: randomName() },
    { successor: randomName() },
    { attachment: handOver.successor, successor: handOver.attachment },
  ]

  for (const change of changes) {
    const { relay, frame } = await told(change)
    expect(verifyHandOver(frame, relay, rawPublicKey(privateKey))).toBe(false)
  }
})
