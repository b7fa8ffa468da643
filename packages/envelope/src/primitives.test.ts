/**
 * The primitives against published attack vectors (wycheproof), through the
 * wrappers that the envelope uses.
 *
 * @module
 */
import { expect, test } from 'vitest'
import { equalBytes, fromHex, toHex } from '@sallygate/base/bytes'
import { importPublicPoint, verifyBytes } from '@sallygate/trust'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { NONCE_LENGTH, openAead, sealAead } from './aead.ts'
import { hkdfExpand, hkdfExtract } from './hkdf.ts'
import {
  decapsulateMlkem,
  encapsulateMlkem,
  exportMlkemPublicKey,
  importMlkemPrivateKey,
  importMlkemPublicKey,
} from './ml-kem.ts'
import { agreeX25519, importX25519PrivateKey, importX25519PublicKey } from './x25519.ts'

interface Case {
  readonly tcId: number
  readonly flags: readonly string[]
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly [field: string]: unknown
}

interface Group {
  readonly tests: readonly Case[]
  readonly [field: string]: unknown
}

const absent = vectorsDirectory() === undefined
if (absent) console.warn(`skipped: ${vectorsAbsence}`)
const suite = test.skipIf(absent)

/** Runs every case of a file and names those whose verdict differs from the published one. */
function disagreements(file: string, decide: (vector: Case, group: Group) => boolean): string[] {
  const { testGroups } = readVectors<{ testGroups: readonly Group[] }>(`wycheproof/${file}_test.json`)
  return testGroups.flatMap((group) =>
    group.tests.flatMap((vector) => {
      const accepted = attempt(() => decide(vector, group))
      const expected = vector.result === 'valid'
      return accepted === expected ? [] : [`${file} ${vector.tcId} ${vector.result} ${vector.flags.join()}`]
    }),
  )
}

function attempt(decide: () => boolean): boolean {
  try {
    return decide()
  } catch {
    return false
  }
}

const bytesOf = (vector: Case, field: string) => fromHex(String(vector[field]))

suite('ML-KEM-768 decapsulates as published, and refuses ciphertexts of another length', () => {
  const differing = disagreements('mlkem_768', (vector) => {
    const key = importMlkemPrivateKey(bytesOf(vector, 'seed'))
    return toHex(decapsulateMlkem(key, bytesOf(vector, 'c'))) === vector['K']
  })

  expect(differing).toEqual([])
})

suite('ML-KEM-768 makes the published public key from a seed', () => {
  const differing = disagreements('mlkem_768_keygen_seed', (vector) => {
    return toHex(exportMlkemPublicKey(importMlkemPrivateKey(bytesOf(vector, 'seed')))) === vector['ek']
  })

  expect(differing).toEqual([])
})

suite('ML-KEM-768 refuses public keys that are too short, too long or not reduced', () => {
  const differing = disagreements('mlkem_768_encaps', (vector) => {
    return encapsulateMlkem(importMlkemPublicKey(bytesOf(vector, 'ek'))).ciphertext.length === 1088
  })

  expect(differing).toEqual([])
})

suite('X25519 agrees as published, and a low-order point is refused', () => {
  const { testGroups } = readVectors<{ testGroups: readonly Group[] }>('wycheproof/x25519_test.json')
  const cases = testGroups.flatMap((group) => group.tests)

  const wrong = cases.filter((vector) => {
    const agrees = attempt(() => {
      const privateKey = importX25519PrivateKey(bytesOf(vector, 'private'))
      return toHex(agreeX25519(privateKey, importX25519PublicKey(bytesOf(vector, 'public')))) === vector['shared']
    })
    return agrees === vector.flags.includes('ZeroSharedSecret')
  })

  expect(cases.some((vector) => vector.flags.includes('ZeroSharedSecret'))).toBe(true)
  expect(wrong.map(({ tcId }) => tcId)).toEqual([])
})

suite('AES-256-GCM opens and seals as published, and takes neither other nonces nor other tags', () => {
  const { testGroups } = readVectors<{ testGroups: readonly Group[] }>('wycheproof/aes_gcm_test.json')
  const ours = testGroups.filter((group) => group['keySize'] === 256)
  const cases = ours.flatMap((group) => group.tests.map((vector) => ({ ...vector, group })))

  const wrong = cases.filter((vector) => {
    const [key, iv, aad, message] = ['key', 'iv', 'aad', 'msg'].map((field) => bytesOf(vector, field))
    const sealed = Buffer.concat([bytesOf(vector, 'ct'), bytesOf(vector, 'tag')])
    if (key === undefined || iv === undefined || aad === undefined || message === undefined) return true
    const opens = attempt(() => equalBytes(openAead(key, iv, aad, sealed), message))
    const seals = attempt(() => equalBytes(sealAead(key, iv, aad, message), sealed))
    const mayOpen = vector.result === 'valid' && iv.length === NONCE_LENGTH
    return opens !== mayOpen || (mayOpen && !seals)
  })

  expect(cases.length).toBeGreaterThan(50)
  expect(wrong.map(({ tcId }) => tcId)).toEqual([])
})

test('a GCM tag of fewer than 16 bytes is refused, however right its bytes are', () => {
  const [key, nonce, none] = [Buffer.alloc(32, 1), Buffer.alloc(12, 2), Buffer.alloc(0)]
  const tag = sealAead(key, nonce, none, none)

  for (const length of [0, 4, 8, 12, 15])
    expect(() => openAead(key, nonce, none, tag.subarray(0, length))).toThrow('shorter than a tag')
  expect(openAead(key, nonce, none, tag)).toHaveLength(0)
})

suite('HKDF-SHA256 derives as published, and refuses what is too long', () => {
  const differing = disagreements('hkdf_sha256', (vector) => {
    const key = hkdfExtract(bytesOf(vector, 'salt'), bytesOf(vector, 'ikm'))
    return toHex(hkdfExpand(key, bytesOf(vector, 'info'), Number(vector['size']))) === vector['okm']
  })

  expect(differing).toEqual([])
})

suite('ECDSA P-256 in P1363 form verifies as published', () => {
  const differing = disagreements('ecdsa_secp256r1_sha256_p1363', (vector, group) => {
    const { uncompressed } = group['publicKey'] as { uncompressed: string }
    const key = importPublicPoint(fromHex(uncompressed))
    return verifyBytes(key, bytesOf(vector, 'sig'), bytesOf(vector, 'msg'))
  })

  expect(differing).toEqual([])
})
