import { createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { importPublicKey } from './key.ts'
import { decryptAesCbc, deriveKey } from './password-encryption.ts'
import { verifyBytes } from './signature.ts'
import { outcomeOf } from './test-tamper.ts'

interface Vectors<Group> {
  readonly numberOfTests: number
  readonly testGroups: readonly Group[]
}

const isHere = vectorsDirectory() !== undefined
if (!isHere) console.info(`wycheproof skipped: ${vectorsAbsence}`)
const bytes = (hex: string) => Buffer.from(hex, 'hex')

describe.skipIf(!isHere)('wycheproof', () => {
  test('signatures of ECDSA P-256 in P1363 form get their verdict', () => {
    interface Group {
      readonly publicKeyDer: string
      readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[]
    }
    const { testGroups, numberOfTests } = readVectors<Vectors<Group>>(
      'wycheproof/ecdsa_secp256r1_sha256_p1363_test.json',
    )

    const rows = testGroups.flatMap(({ publicKeyDer, tests }) => {
      const key = importPublicKey(bytes(publicKeyDer))
      return tests.map((one) => ({ ...one, isAccepted: verifyBytes(key, bytes(one.sig), bytes(one.msg)) }))
    })

    expect(rows).toHaveLength(numberOfTests)
    expect(rows.filter((row) => row.isAccepted !== (row.result === 'valid')).map((row) => row.tcId)).toEqual([])
  })

  test('PBKDF2 with HMAC-SHA-256 derives what it should', async () => {
    interface Group {
      readonly tests: readonly { password: string; salt: string; iterationCount: number; dkLen: number; dk: string }[]
    }
    const { testGroups } = readVectors<Vectors<Group>>('wycheproof/pbkdf2_hmacsha256_test.json')
    const tests = testGroups.flatMap((group) => group.tests)

    const derived = await Promise.all(
      tests.map((one) => deriveKey(bytes(one.password), bytes(one.salt), one.iterationCount, one.dkLen)),
    )

    expect(tests.length).toBeGreaterThan(50)
    expect(derived.map((key) => key.toString('hex'))).toEqual(tests.map((one) => one.dk))
  })

  test('PBES2 with AES-256 opens what it should, and nothing else', async () => {
    interface Group {
      readonly tests: readonly {
        tcId: number
        password: string
        salt: string
        iterationCount: number
        iv: string
        msg: string
        ct: string
        result: string
      }[]
    }
    const { testGroups } = readVectors<Vectors<Group>>('wycheproof/pbes2_hmacsha256_aes_256_test.json')
    const tests = testGroups.flatMap((group) => group.tests)

    const wrong = await Promise.all(
      tests.map(async (one) => {
        const key = await deriveKey(bytes(one.password), bytes(one.salt), one.iterationCount, 32)
        const open = () => decryptAesCbc(key, bytes(one.iv), bytes(one.ct))
        const isRight =
          one.result === 'valid' ? open().toString('hex') === one.msg : outcomeOf(open) === 'TRUST_WRONG_PASSWORD'
        return isRight ? [] : [one.tcId]
      }),
    )

    expect(tests.length).toBeGreaterThan(50)
    expect(wrong.flat()).toEqual([])
  })

  test('the keys of the vectors are read by our importer as by the runtime', () => {
    const { testGroups } = readVectors<Vectors<{ publicKeyDer: string }>>(
      'wycheproof/ecdsa_secp256r1_sha256_p1363_test.json',
    )

    for (const { publicKeyDer } of testGroups) {
      const native = createPublicKey({ key: bytes(publicKeyDer), format: 'der', type: 'spki' })

      expect(importPublicKey(bytes(publicKeyDer)).equals(native)).toBe(true)
    }
  })
})
