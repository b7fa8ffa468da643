import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeCertificateRequest, readCertificateRequest } from './certificate-request.ts'
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

  test.each(['rsa', 'P-384'])('makes requests for %s keys, which are refused', (kind) => {
    const { privateKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: kind })

    const made = make(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())

    expect(outcomeOf(() => readCertificateRequest(made))).toBe('TRUST_WRONG_KEY')
  })
})
