/**
 * X-Wing and HPKE against published vectors, and against an independent
 * implementation in both directions.
 *
 * @module
 */
import * as oracle from 'hpke'
import { describe, expect, test } from 'vitest'
import { encodeUtf8, fromHex, randomBytes, toHex } from '@sallygate/base/bytes'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { exportHpke, openHpke, sealHpke, setupReceiver, setupSender } from './hpke.ts'
import { decapsulate, encapsulate, importXWingPrivateKey, importXWingPublicKey, makeXWingPrivateKey } from './x-wing.ts'

const absent = vectorsDirectory() === undefined
if (absent) console.warn(`skipped: ${vectorsAbsence}`)

interface XWingVector {
  readonly seed: string
  readonly pk: string
  readonly ct: string
  readonly ss: string
}

interface HpkeVector {
  readonly kem_id: number
  readonly kdf_id: number
  readonly aead_id: number
  readonly name?: string
  readonly info: string
  readonly skRm: string
  readonly pkRm: string
  readonly enc: string
  readonly shared_secret: string
  readonly key: string
  readonly base_nonce: string
  readonly exporter_secret: string
  readonly encryptions: readonly { sequence_number: number; aad: string; pt: string; ct: string }[]
  readonly exports: readonly { exporter_context: string; L: number; exported_value: string }[]
}

test.skipIf(absent)('X-Wing makes keys and opens ciphertexts as the draft prints them', () => {
  const { vectors } = readVectors<{ vectors: readonly XWingVector[] }>('hpke/xwing_kem.json')
  expect(vectors).toHaveLength(3)

  for (const { seed, pk, ct, ss } of vectors) {
    const key = importXWingPrivateKey(fromHex(seed))
    expect(toHex(key.publicKey.raw)).toBe(pk)
    expect(toHex(decapsulate(key, fromHex(ct)))).toBe(ss)
  }
})

test.skipIf(absent)("the working group's X-Wing vectors give their shared secret", () => {
  const { vectors } = readVectors<{ vectors: readonly HpkeVector[] }>('hpke/hpke_pq_base.json')
  const ours = vectors.filter((vector) => vector.kem_id === 0x647a)
  expect(ours).toHaveLength(2)

  for (const { skRm, pkRm, enc, shared_secret } of ours) {
    const key = importXWingPrivateKey(fromHex(skRm))
    expect(toHex(key.publicKey.raw)).toBe(pkRm)
    expect(toHex(decapsulate(key, fromHex(enc)))).toBe(shared_secret)
  }
})

describe.skipIf(absent)('our suite receives what was derived for it', () => {
  const path = 'hpke/xwing_hkdfsha256_aes256gcm_derived.json'
  const vectors = absent ? [] : readVectors<{ vectors: readonly HpkeVector[] }>(path).vectors

  test.each(vectors)('$name', (vector) => {
    const key = importXWingPrivateKey(fromHex(vector.skRm))

    const context = setupReceiver(key, fromHex(vector.enc), fromHex(vector.info))

    expect(toHex(context.key)).toBe(vector.key)
    expect(toHex(context.baseNonce)).toBe(vector.base_nonce)
    expect(toHex(context.exporterSecret)).toBe(vector.exporter_secret)
    for (const { sequence_number, aad, pt, ct } of vector.encryptions) {
      expect(toHex(openHpke(context, sequence_number, fromHex(aad), fromHex(ct)))).toBe(pt)
      expect(toHex(sealHpke(context, sequence_number, fromHex(aad), fromHex(pt)))).toBe(ct)
    }
    for (const { exporter_context, L, exported_value } of vector.exports)
      expect(toHex(exportHpke(context, fromHex(exporter_context), L))).toBe(exported_value)
  })
})

describe('an independent implementation', () => {
  const suite = new oracle.CipherSuite(oracle.KEM_MLKEM768_X25519, oracle.KDF_HKDF_SHA256, oracle.AEAD_AES_256_GCM)
  const info = encodeUtf8('sallygate request v1')
  const aad = encodeUtf8('header')
  const text = encodeUtf8('the same bytes')

  test('opens what we seal, and exports what we export', async () => {
    const seed = randomBytes(32)
    const ours = importXWingPrivateKey(seed)
    const { enc, context } = setupSender(importXWingPublicKey(ours.publicKey.raw), info)

    const theirs = await suite.SetupRecipient(await suite.DeserializePrivateKey(seed), enc, { info })

    expect(Buffer.from(await theirs.Open(sealHpke(context, 0, aad, text), aad))).toEqual(text)
    expect(Buffer.from(await theirs.Open(sealHpke(context, 1, aad, text), aad))).toEqual(text)
    expect(Buffer.from(await theirs.Export(aad, 32))).toEqual(exportHpke(context, aad, 32))
  })

  test('seals what we open, and exports what we export', async () => {
    const ours = makeXWingPrivateKey()
    const { encapsulatedSecret, ctx } = await suite.SetupSender(await suite.DeserializePublicKey(ours.publicKey.raw), {
      info,
    })

    const context = setupReceiver(ours, encapsulatedSecret, info)

    expect(openHpke(context, 0, aad, await ctx.Seal(text, aad))).toEqual(text)
    expect(openHpke(context, 1, aad, await ctx.Seal(text, aad))).toEqual(text)
    expect(exportHpke(context, aad, 32)).toEqual(Buffer.from(await ctx.Export(aad, 32)))
  })
})

describe('an X-Wing key slot takes an X-Wing key', () => {
  const good = makeXWingPrivateKey().publicKey.raw

  test('PROTOCOL M-E5: no other length, not even one byte more', () => {
    for (const length of [0, 32, 65, 91, 1184, 1215])
      expect(() => importXWingPublicKey(Buffer.from(good).subarray(0, length))).toThrow(/not an X-Wing/)
    expect(() => importXWingPublicKey(Buffer.concat([good, Buffer.alloc(1)]))).toThrow(/not an X-Wing/)
  })

  test('PROTOCOL M-E5: no coefficient that is not reduced', () => {
    const unreduced = Buffer.from(good).fill(0xff, 0, 3)

    expect(() => importXWingPublicKey(unreduced)).toThrow(/not an X-Wing/)
  })

  test('PROTOCOL M-E6: low-order points are refused by the sender and by the receiver', () => {
    const lowOrder = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    ]
    const receiver = makeXWingPrivateKey()
    const { ciphertext } = encapsulate(receiver.publicKey)

    for (const point of lowOrder.map(fromHex)) {
      const key = importXWingPublicKey(Buffer.concat([good.subarray(0, 1184), point]))
      expect(() => encapsulate(key)).toThrow(/not an X-Wing/)
      expect(() => decapsulate(receiver, Buffer.concat([ciphertext.subarray(0, 1088), point]))).toThrow()
    }
  })
})
