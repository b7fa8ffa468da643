/**
 * Reading PKCS#12: what our writer, OpenSSL 3 and Windows write by default today.
 *
 * The MAC is checked before anything inside is looked at, so a wrong password
 * and a changed file end the same.
 *
 * @module
 */
import { equalBytes, type Bytes } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import type { Secret } from '@sallygate/base/secret'
import { parseCertificate, type Certificate } from './certificate.ts'
import { context, DerReader, readOid, readSmallInteger, readWhole, tag } from './der.ts'
import { trustFailure } from './failures.ts'
import { importPrivateKey, keyIdOf } from './key.ts'
import { decryptWithPassword, expectOid, macWithPassword, malformedBundle } from './password-encryption.ts'
import { normalizePassword } from './password.ts'
import { bundleType, maxBundleLength, type Bundle } from './pkcs12.ts'

const maxSafes = 8

/** @throws TRUST_MALFORMED_BUNDLE, TRUST_WRONG_PASSWORD, TRUST_WRONG_KEY. */
export async function readPkcs12(bytes: Bytes, password: Secret): Promise<Bundle> {
  if (bytes.length > maxBundleLength) throw malformedBundle(`more than ${maxBundleLength} bytes`)
  try {
    return await read(bytes, normalizePassword(password).reveal())
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'TRUST_MALFORMED') throw malformedBundle('structure', cause)
    throw cause
  }
}

async function read(bytes: Bytes, password: string): Promise<Bundle> {
  const { content, mac, salt, iterations } = readWhole(bytes, tag.sequence, readOuter)
  const expected = await macWithPassword(content, password, salt, iterations)
  if (!equalBytes(expected, mac)) throw trustFailure('WRONG_PASSWORD')
  const safes = readWhole(content, tag.sequence, (from) => takeAll(from, maxSafes))
  const found: Found = { keys: [], certificates: [] }
  for (const safe of safes) collect(await openSafe(safe, password), found)
  const [shrouded, ...more] = found.keys
  if (shrouded === undefined || more.length > 0) throw malformedBundle('not exactly one private key')
  const privateKey = importPrivateKey(await decryptWithPassword(shrouded, password))
  const keyId = keyIdOf(privateKey)
  const isOwn = (certificate: Certificate) => certificate.keyId === keyId
  const certificates = found.certificates.map(parseCertificate)
  if (!certificates.some(isOwn)) throw malformedBundle('no certificate for the private key')
  return { privateKey, certificates: certificates.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a))) }
}

interface Found {
  readonly keys: { algorithm: Buffer; bytes: Buffer }[]
  readonly certificates: Buffer[]
}

function readOuter(from: DerReader) {
  if (readSmallInteger(from.take(tag.integer).value) !== 3) throw malformedBundle('version')
  const content = readData(from.into(tag.sequence))
  const macData = from.nextTag === tag.sequence ? from.into(tag.sequence) : undefined
  if (macData === undefined) throw malformedBundle('no password MAC')
  const digest = macData.into(tag.sequence)
  const algorithm = digest.into(tag.sequence)
  expectOid(algorithm, bundleType.sha256)
  algorithm.takeIf(tag.null)
  algorithm.end()
  const mac = digest.take(tag.octetString).value
  digest.end()
  const salt = macData.take(tag.octetString).value
  const iterations = macData.takeIf(tag.integer)
  macData.end()
  return { content, mac, salt, iterations: iterations === undefined ? 1 : readSmallInteger(iterations.value) }
}

function readData(from: DerReader): Buffer {
  expectOid(from, bundleType.data)
  const wrapper = from.into(context(0))
  const { value } = wrapper.take(tag.octetString)
  wrapper.end()
  from.end()
  return value
}

function takeAll(from: DerReader, most: number): readonly Buffer[] {
  const parts: Buffer[] = []
  while (!from.isAtEnd) {
    if (parts.length === most) throw malformedBundle('too many parts')
    parts.push(from.take(tag.sequence).value)
  }
  return parts
}

/** The SafeContents of one part, decrypted if need be. */
async function openSafe(value: Buffer, password: string): Promise<Buffer> {
  const from = new DerReader(value)
  const type = readOid(from.take(tag.oid).value)
  if (type === bundleType.data) return readData(new DerReader(value))
  if (type !== bundleType.encryptedData) throw malformedBundle(`part of type ${type}`)
  const wrapper = from.into(context(0))
  from.end()
  const data = wrapper.into(tag.sequence)
  wrapper.end()
  if (readSmallInteger(data.take(tag.integer).value) !== 0) throw malformedBundle('version of an encrypted part')
  const content = data.into(tag.sequence)
  data.end()
  expectOid(content, bundleType.data)
  const algorithm = content.take(tag.sequence).whole
  const { value: bytes } = content.take(context(0, false))
  content.end()
  return decryptWithPassword({ algorithm, bytes }, password)
}

function collect(safe: Buffer, found: Found): void {
  for (const bag of readWhole(safe, tag.sequence, (from) => takeAll(from, 16))) {
    const from = new DerReader(bag)
    const type = readOid(from.take(tag.oid).value)
    const wrapper = from.into(context(0))
    from.takeIf(tag.set)
    from.end()
    const value = wrapper.into(tag.sequence)
    wrapper.end()
    if (type === bundleType.shroudedKeyBag) {
      found.keys.push({ algorithm: value.take(tag.sequence).whole, bytes: value.take(tag.octetString).value })
    } else if (type === bundleType.certificateBag) {
      expectOid(value, bundleType.x509Certificate)
      const inner = value.into(context(0))
      found.certificates.push(inner.take(tag.octetString).value)
      inner.end()
    } else throw malformedBundle(`bag of type ${type}`)
    value.end()
  }
}
