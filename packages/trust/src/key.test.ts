import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { concat, encodeUtf8 } from '@sallygate/base/bytes'
import {
  exportPrivateKey,
  exportPublicKey,
  exportPublicPoint,
  importPrivateKey,
  importPublicKey,
  importPublicPoint,
  keyIdOf,
  makePrivateKey,
  publicKeyOf,
} from './key.ts'
import { signStatement, verifyBytes, verifyStatement } from './signature.ts'
import { certificatePem } from './certificate.ts'
import { makeIdentities } from './test-identities.ts'
import { outcomeOf, tampered } from './test-tamper.ts'

const key = makePrivateKey()
const der = { format: 'der', type: 'spki' } as const
const certificate = (await makeIdentities()).connector.certificate

test('keys come back from every form they are exported in', () => {
  expect(keyIdOf(importPrivateKey(exportPrivateKey(key)))).toBe(keyIdOf(key))
  expect(keyIdOf(importPublicKey(exportPublicKey(key)))).toBe(keyIdOf(key))
  expect(keyIdOf(importPublicPoint(exportPublicPoint(key)))).toBe(keyIdOf(key))
  expect(keyIdOf(publicKeyOf(key))).toMatch(/^[0-9a-f]{64}$/)
})

describe('a public key slot takes nothing but a P-256 point', () => {
  const compressed = exportPublicPoint(key).subarray(0, 33)
  const spki = exportPublicKey(key)
  const offCurve = concat(spki.subarray(0, 90), Uint8Array.of((spki[90] ?? 0) ^ 1))
  const wrong: Readonly<Record<string, Uint8Array>> = {
    'a certificate': certificate.der,
    'a certificate in PEM': encodeUtf8(certificatePem(certificate)),
    'a JSON web key': encodeUtf8(JSON.stringify(publicKeyOf(key).export({ format: 'jwk' }))),
    'a private key': exportPrivateKey(key),
    'a P-384 key': generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export(der),
    'a secp256k1 key': generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export(der),
    'an Ed25519 key': generateKeyPairSync('ed25519').publicKey.export(der),
    'an RSA key': generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(der),
    'a point off the curve': offCurve,
    'a compressed point': concat(spki.subarray(0, 26), compressed),
    'bytes after the key': concat(spki, Uint8Array.of(0)),
    nothing: new Uint8Array(),
  }

  test.each(Object.keys(wrong))('%s is refused', (name) => {
    expect(outcomeOf(() => importPublicKey(wrong[name] as Uint8Array))).toBe('TRUST_WRONG_KEY')
    expect(outcomeOf(() => importPublicPoint(wrong[name] as Uint8Array))).toBe('TRUST_WRONG_KEY')
  })

  test('the point at infinity is refused', () => {
    expect(outcomeOf(() => importPublicPoint(new Uint8Array(65)))).toBe('TRUST_WRONG_KEY')
    expect(outcomeOf(() => importPublicPoint(Uint8Array.of(4, ...new Uint8Array(64))))).toBe('TRUST_WRONG_KEY')
  })
})

test('a private key slot takes nothing but a P-256 private key', () => {
  const pkcs8 = { format: 'der', type: 'pkcs8' } as const
  const wrong = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pkcs8),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(pkcs8),
    generateKeyPairSync('ed25519').privateKey.export(pkcs8),
    exportPublicKey(key),
    certificate.der,
    Buffer.alloc(0),
  ]

  for (const bytes of wrong) expect(outcomeOf(() => importPrivateKey(bytes))).toBe('TRUST_WRONG_KEY')
})

describe('a signature', () => {
  const message = encodeUtf8('attention')
  const signature = signStatement('test', key, message)
  const publicKey = publicKeyOf(key)

  test('holds for its label, key and bytes, and for no other', () => {
    expect(verifyStatement('test', publicKey, signature, message)).toBe(true)
    expect(verifyStatement('other', publicKey, signature, message)).toBe(false)
    expect(verifyStatement('test', publicKeyOf(makePrivateKey()), signature, message)).toBe(false)
    expect(verifyBytes(publicKey, signature, message)).toBe(false)
  })

  test('is broken by every change to it', () => {
    const accepted = [...tampered(signature)].filter((bad) => verifyStatement('test', publicKey, bad, message))

    expect(accepted).toEqual([])
  })

  test('of nothing, of zeros or in DER form is wrong, not an exception', () => {
    for (const bad of [new Uint8Array(), new Uint8Array(64), new Uint8Array(64).fill(255), new Uint8Array(70)])
      expect(verifyStatement('test', publicKey, bad, message)).toBe(false)
  })

  test('is neither made nor checked with a key of another kind', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const root = makePrivateKey('P-384')

    expect(outcomeOf(() => signStatement('test', rsa.privateKey, message))).toBe('TRUST_WRONG_KEY')
    expect(outcomeOf(() => signStatement('test', root, message))).toBe('TRUST_WRONG_KEY')
    expect(outcomeOf(() => signStatement('test', publicKey, message))).toBe('TRUST_WRONG_KEY')
    expect(outcomeOf(() => verifyStatement('test', rsa.publicKey, signature, message))).toBe('TRUST_WRONG_KEY')
    expect(outcomeOf(() => verifyStatement('test', key, signature, message))).toBe('TRUST_WRONG_KEY')
  })
})
