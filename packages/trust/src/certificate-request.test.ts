import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeCertificateRequest, readCertificateRequest } from './certificate-request.ts'
import { readWhole, tag } from './der.ts'
import { writeDer } from './der-writer.ts'
import { exportPrivateKey, keyIdOf, makePrivateKey } from './key.ts'
import { makeIdentities } from './test-identities.ts'
import { hasOpenssl, openssl } from './test-openssl.ts'
import { outcomeOf, outcomeOfAsync, tampered } from './test-tamper.ts'

const key = makePrivateKey()
const request = await makeCertificateRequest(key)

test('a request carries the public half of the key that signed it', () => {
  expect(readCertificateRequest(request).keyId).toBe(keyIdOf(key))
})

test('no changed bit, cut or added byte gets through', () => {
  const outcomes = [...tampered(request, 2000)].map((bad) => outcomeOf(() => readCertificateRequest(bad)))

  expect(outcomes.length).toBeGreaterThan(1500)
  expect(outcomes).not.toContain('accepted')
})

test('a certificate, a key or nothing is no request', async () => {
  const { connector } = await makeIdentities()

  for (const wrong of [connector.certificate.der, exportPrivateKey(key), Buffer.alloc(0), Buffer.alloc(5000)])
    expect(outcomeOf(() => readCertificateRequest(wrong))).toBe('TRUST_MALFORMED')
})

test('a request of another version is refused even when it is signed', () => {
  const again = (version: number) => {
    const [info, algorithm] = readWhole(request, tag.sequence, (from) => {
      const parts = [from.take(tag.sequence), from.take(tag.sequence)] as const
      from.take(tag.bitString)
      return parts
    })
    const signed = writeDer(tag.sequence, writeDer(tag.integer, Uint8Array.of(version)), info.value.subarray(3))
    const signature = writeDer(tag.bitString, Uint8Array.of(0), sign('sha256', signed, key))
    return outcomeOf(() => readCertificateRequest(writeDer(tag.sequence, signed, algorithm.whole, signature)))
  }

  expect([again(0), again(1)]).toEqual(['accepted', 'TRUST_MALFORMED'])
})

test('it is made with a P-256 key only', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

  expect(await outcomeOfAsync(async () => makeCertificateRequest(privateKey))).toBe('TRUST_WRONG_KEY')
  expect(await outcomeOfAsync(async () => makeCertificateRequest(makePrivateKey('P-384')))).toBe('TRUST_WRONG_KEY')
})

describe.skipIf(!hasOpenssl)('OpenSSL', () => {
  const make = (pem: string, ...more: readonly string[]) =>
    openssl({ key: pem }, 'req', '-new', '-key', 'key', '-subj', '/CN=any', '-outform', 'DER', ...more)

  test('verifies our request', () => {
    expect(() => openssl({ request }, 'req', '-verify', '-noout', '-inform', 'DER', '-in', 'request')).not.toThrow()
  })

  test('makes requests that are read, attributes ignored', () => {
    const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString()

    const made = make(pem, '-addext', 'subjectAltName=URI:sallygate://forged/identity')

    expect(readCertificateRequest(made).keyId).toBe(keyIdOf(key))
  })

  test('makes a request of more than 4 KiB, which is refused unread', () => {
    const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString()

    const made = make(pem, '-addext', `subjectAltName=URI:sallygate://${'a'.repeat(4096)}`)

    expect(outcomeOf(() => readCertificateRequest(made))).toBe('TRUST_MALFORMED')
  })

  test.each(['rsa', 'P-384'])('makes requests for %s keys, which are refused', (kind) => {
    const { privateKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: kind })

    const made = make(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())

    expect(outcomeOf(() => readCertificateRequest(made))).toBe('TRUST_WRONG_KEY')
  })
})
