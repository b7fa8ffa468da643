import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { concat, randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { certificatePem, parseCertificate } from './certificate.ts'
import { context, tag } from './der.ts'
import { writeDer, writeInteger, writeOid } from './der-writer.ts'
import { keyIdOf, makePrivateKey } from './key.ts'
import { bundleType } from './pkcs12.ts'
import { readPkcs12 } from './pkcs12-reader.ts'
import { writePkcs12 } from './pkcs12-writer.ts'
import { makeIdentities } from './test-identities.ts'
import { hasOpenssl, openssl } from './test-openssl.ts'
import { outcomeOfAsync, tampered } from './test-tamper.ts'
import { thumbprints } from './thumbprint.ts'

const them = await makeIdentities()
const { bootstrap, authority, root } = them
const password = new Secret('correct horse battery staple')
const bundle = {
  privateKey: bootstrap.privateKey,
  certificates: [bootstrap.certificate, authority.certificate, root.certificate],
}
const written = await writePkcs12(bundle, password)
const open = (bytes: Uint8Array, word: Secret = password) => outcomeOfAsync(async () => readPkcs12(bytes, word))

test('key and chain come back, the key’s own certificate first', async () => {
  const shuffled = await writePkcs12({ ...bundle, certificates: [...bundle.certificates] }, password)

  const read = await readPkcs12(shuffled, password)

  expect(keyIdOf(read.privateKey)).toBe(keyIdOf(bootstrap.privateKey))
  expect(read.certificates.map((one) => one.keyId)).toEqual(bundle.certificates.map((one) => one.keyId))
})

test('neither the key nor a name can be seen without the password', () => {
  const text = written.toString('latin1')

  expect(text).not.toContain('sallygate://')
  expect(written.includes(bootstrap.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(36, 68))).toBe(false)
})

test('another password is named as wrong, one that is spelled in another Unicode form is not', async () => {
  const accented = await writePkcs12(bundle, new Secret('Pässwörter sind schön'.normalize('NFD')))

  expect(await open(written, new Secret('correct horse battery stapler'))).toBe('TRUST_WRONG_PASSWORD')
  expect(await open(written, new Secret(''))).toBe('TRUST_WRONG_PASSWORD')
  expect(await open(accented, new Secret('Pässwörter sind schön'.normalize('NFC')))).toBe('accepted')
})

test('no sampled bit, cut or added byte gets through', async () => {
  const outcomes = await Promise.all([...tampered(written, 12)].map(async (bad) => open(bad)))

  expect(outcomes.length).toBeGreaterThan(12)
  expect(new Set(outcomes)).toEqual(new Set(['TRUST_WRONG_PASSWORD', 'TRUST_MALFORMED_BUNDLE']))
})

describe('before any work is done', () => {
  const octets = (value: Uint8Array) => writeDer(tag.octetString, value)
  const sequence = (...parts: readonly Uint8Array[]) => writeDer(tag.sequence, ...parts)
  const withIterations = (iterations: Uint8Array, digest: string = bundleType.sha256) =>
    sequence(
      writeInteger(3),
      sequence(writeOid(bundleType.data), writeDer(context(0), octets(sequence()))),
      sequence(
        sequence(sequence(writeOid(digest), writeDer(tag.null)), octets(randomBytes(32))),
        octets(randomBytes(8)),
        iterations,
      ),
    )

  test('a file above 64 KiB is refused', async () => {
    expect(await open(concat(written, new Uint8Array(64 * 1024)))).toBe('TRUST_MALFORMED_BUNDLE')
  })

  test.each([0, 1_000_001, 2 ** 31])('%i iterations are refused', async (count) => {
    expect(await open(withIterations(writeInteger(count)))).toBe('TRUST_MALFORMED_BUNDLE')
  })

  test('a negative number of iterations is refused', async () => {
    expect(await open(withIterations(writeDer(tag.integer, Uint8Array.of(0xff))))).toBe('TRUST_MALFORMED_BUNDLE')
  })

  test('one iteration is read, and only then the password decides', async () => {
    expect(await open(withIterations(writeInteger(1)))).toBe('TRUST_WRONG_PASSWORD')
  })

  test('a SHA-1 MAC, no MAC at all, and what is no PKCS#12 are refused', async () => {
    const withoutMac = sequence(
      writeInteger(3),
      sequence(writeOid(bundleType.data), writeDer(context(0), octets(sequence()))),
    )

    for (const wrong of [
      withIterations(writeInteger(1), '1.3.14.3.2.26'),
      withoutMac,
      Buffer.from('hello'),
      new Uint8Array(),
    ])
      expect(await open(wrong)).toBe('TRUST_MALFORMED_BUNDLE')
  })
})

test('only a P-256 key with its own certificate in front is written', async () => {
  const write = (change: Partial<typeof bundle>) =>
    outcomeOfAsync(async () => writePkcs12({ ...bundle, ...change }, password))

  expect(await write({ privateKey: makePrivateKey() })).toBe('TRUST_WRONG_KEY')
  expect(await write({ privateKey: makePrivateKey('P-384') })).toBe('TRUST_WRONG_KEY')
  expect(await write({ certificates: [] })).toBe('TRUST_WRONG_KEY')
  expect(await write({ certificates: [root.certificate, bootstrap.certificate] })).toBe('TRUST_WRONG_KEY')
})

describe.skipIf(!hasOpenssl)('OpenSSL', () => {
  const pem = bootstrap.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const files = {
    key: pem,
    leaf: certificatePem(bootstrap.certificate),
    chain: certificatePem(authority.certificate) + certificatePem(root.certificate),
  }
  const pass = `pass:${password.reveal()}`
  const make = (...more: readonly string[]) =>
    openssl(files, 'pkcs12', '-export', '-inkey', 'key', '-in', 'leaf', '-certfile', 'chain', '-passout', pass, ...more)

  test('reads what we write: same key, same certificates, the algorithms we promise', () => {
    const read = openssl({ p12: written }, 'pkcs12', '-in', 'p12', '-passin', pass, '-nodes').toString()
    const info = openssl({ p12: written }, 'asn1parse', '-inform', 'DER', '-in', 'p12').toString()

    expect(read).toContain(pem.trim())
    for (const certificate of bundle.certificates) expect(read).toContain(certificatePem(certificate).trim())
    expect(info).toContain(':sha256')
  })

  test('refuses ours with another password', () => {
    expect(() => openssl({ p12: written }, 'pkcs12', '-in', 'p12', '-passin', 'pass:no', '-nodes')).toThrow(
      /invalid password/,
    )
  })

  test('writes what we read, with its defaults and with a name and many iterations', async () => {
    for (const made of [make(), make('-name', 'friendly', '-iter', '250000')]) {
      const read = await readPkcs12(made, password)

      expect(keyIdOf(read.privateKey)).toBe(keyIdOf(bootstrap.privateKey))
      expect(read.certificates[0]?.keyId).toBe(bootstrap.certificate.keyId)
      expect(read.certificates).toHaveLength(3)
    }
  })

  test('writes a file of which no changed bit, cut or added byte gets through', async () => {
    const made = make('-iter', '1')

    // One after the other: a changed iteration count can make a single one slow, and only that one.
    const outcomes: string[] = []
    for (const bad of tampered(made, 3000)) outcomes.push(await open(bad))

    expect(outcomes.length).toBeGreaterThan(3000)
    expect(new Set(outcomes)).toEqual(new Set(['TRUST_WRONG_PASSWORD', 'TRUST_MALFORMED_BUNDLE']))
  })

  test('writes a password with accents the same way', async () => {
    const accented = 'Pässwörter sind schön'
    const made = openssl(files, 'pkcs12', '-export', '-inkey', 'key', '-in', 'leaf', '-passout', `pass:${accented}`)

    expect(await open(made, new Secret(accented))).toBe('accepted')
  })

  test.each([
    ['3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES']],
    ['AES-128', ['-keypbe', 'AES-128-CBC']],
    ['a SHA-1 MAC', ['-macalg', 'SHA1']],
    ['no MAC', ['-nomac']],
  ] as const)('writes %s, which is refused', async (_, options) => {
    expect(await open(make(...options))).toBe('TRUST_MALFORMED_BUNDLE')
  })

  test('writes an RSA key, which is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const leaf = openssl({ key }, 'req', '-x509', '-new', '-key', 'key', '-subj', '/CN=any')
    const made = openssl({ key, leaf }, 'pkcs12', '-export', '-inkey', 'key', '-in', 'leaf', '-passout', pass)

    expect(await open(made)).toBe('TRUST_WRONG_KEY')
  })

  test('shows the thumbprints we show', () => {
    const print = (digest: string) =>
      openssl(files, 'x509', '-in', 'leaf', '-noout', '-fingerprint', `-${digest}`).toString().trim().split('=').at(-1)

    const { sha256, sha1Windows } = thumbprints(parseCertificate(bootstrap.certificate.der))

    expect([sha256, sha1Windows]).toEqual([print('sha256'), print('sha1')])
  })
})
