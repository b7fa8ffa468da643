import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  makeProof,
  noId,
  proofMessage,
  publicKeyFromRaw,
  randomId,
  rawPublicKey,
  signWith,
  verifyProof,
  verifyRaw,
  type FrameNamed,
  type Identity,
} from './index.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const identity: Identity = {
  role: 'connector',
  group: randomId(),
  instance: randomId(),
  publicKey: rawPublicKey(privateKey),
  software: 'sallygate-connector 0.1.0',
}
const challenge = { relay: randomId(), nonce: Buffer.alloc(32, 7) }
const proof = await makeProof(identity, challenge, signWith(privateKey))

describe('the session proof', () => {
  test('holds for the key that made it', () => {
    expect(verifyProof(proof, challenge)).toBe(true)
    expect(proof.signature).toHaveLength(64)
  })

  const another = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const changes: Readonly<Record<string, Partial<FrameNamed<'proof'>>>> = {
    version: { version: 2 },
    role: { role: 'console' },
    group: { group: randomId() },
    instance: { instance: randomId() },
    publicKey: { publicKey: rawPublicKey(another) },
    software: { software: 'sallygate-connector 9.9.9' },
    // Whatever the byte is, it is another one then.
    signature: { signature: Buffer.from(proof.signature).map((byte, at) => (at === 0 ? byte ^ 1 : byte)) },
  }
  test.each(Object.keys(changes))('binds its %s (PROTOCOL M-H7)', (field) => {
    expect(verifyProof({ ...proof, ...changes[field] }, challenge)).toBe(false)
  })

  test('binds the relay and the nonce, so it is worth nothing anywhere else or a second time (PROTOCOL M-H7)', () => {
    expect(verifyProof(proof, { ...challenge, relay: randomId() })).toBe(false)
    expect(verifyProof(proof, { ...challenge, nonce: Buffer.alloc(32, 8) })).toBe(false)
  })

  test('every bit of what is signed matters (PROTOCOL M-H7)', () => {
    const message = proofMessage(identity, challenge)
    for (let bit = 0; bit < message.length * 8; bit += 3) {
      const changed = Buffer.from(message)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(verifyRaw(identity.publicKey, changed, proof.signature)).toBe(false)
    }
  })

  test('a key that is no point on the curve is a proof that fails, not an error (PROTOCOL M-H7)', () => {
    for (const publicKey of [
      Buffer.alloc(65),
      Buffer.alloc(65, 4),
      Buffer.concat([Buffer.from([2]), Buffer.alloc(64, 1)]),
    ]) {
      expect(publicKeyFromRaw(publicKey)).toBeUndefined()
      expect(verifyProof({ ...proof, publicKey }, challenge)).toBe(false)
    }
  })

  test('a console proves with group zeros', async () => {
    const console_ = { ...identity, role: 'console' as const, group: noId }
    expect(verifyProof(await makeProof(console_, challenge, signWith(privateKey)), challenge)).toBe(true)
  })
})
