/**
 * PKCS#12: one private key and its chain, under a certificate password.
 *
 * Written the one modern way and read the same way; legacy ciphers are refused
 * by name. The MAC is checked before anything inside is looked at, so a wrong
 * password and a changed file end the same.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { equalBytes, fromHex, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import type { Secret } from '@sallygate/base/secret'
import { parseCertificate, type Certificate } from './certificate.ts'
import {
  context,
  DerReader,
  readOid,
  readSmallInteger,
  readWhole,
  tag,
  writeDer,
  writeInteger,
  writeOid,
} from './der.ts'
import { trustFailure } from './failures.ts'
import { exportPrivateKey, importPrivateKey, keyIdOf, requireKey } from './key.ts'
import {
  decryptWithPassword,
  encryptWithPassword,
  expectOid,
  macWithPassword,
  malformedBundle,
  writtenIterations,
} from './password-encryption.ts'
import { normalizePassword } from './password.ts'

export const maxBundleLength = 64 * 1024
const maxSafes = 8

const oid = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

export interface Bundle {
  readonly privateKey: KeyObject
  /** The key's own certificate first. */
  readonly certificates: readonly Certificate[]
}

const sequence = (...parts: readonly Bytes[]) => writeDer(tag.sequence, ...parts)
const octets = (...parts: readonly Bytes[]) => writeDer(tag.octetString, ...parts)

/** @throws TRUST_WRONG_KEY for anything but a P-256 private key whose certificate comes first. */
export async function writePkcs12(bundle: Bundle, password: Secret): Promise<Buffer> {
  const key = requireKey(bundle.privateKey, 'private')
  const [own] = bundle.certificates
  if (own?.keyId !== keyIdOf(key))
    throw trustFailure('WRONG_KEY', { details: { expected: 'the key of the first certificate' } })
  const text = normalizePassword(password).reveal()
  const keySafe = sequence(await shroudedKeyBag(key, text, own))
  const certificateSafe = sequence(...bundle.certificates.map((certificate) => certificateBag(certificate, own)))
  const encrypted = await encryptWithPassword(certificateSafe, text)
  const content = sequence(
    dataContent(keySafe),
    sequence(
      writeOid(oid.encryptedData),
      writeDer(
        context(0),
        sequence(
          writeInteger(0),
          sequence(writeOid(oid.data), encrypted.algorithm, writeDer(context(0, false), encrypted.bytes)),
        ),
      ),
    ),
  )
  const salt = randomBytes(16)
  const mac = await macWithPassword(content, text, salt, writtenIterations)
  const digest = sequence(sequence(writeOid(oid.sha256), writeDer(tag.null)), octets(mac))
  return sequence(
    writeInteger(3),
    dataContent(content),
    sequence(digest, octets(salt), writeInteger(writtenIterations)),
  )
}

function dataContent(content: Bytes): Buffer {
  return sequence(writeOid(oid.data), writeDer(context(0), octets(content)))
}

async function shroudedKeyBag(key: KeyObject, password: string, own: Certificate): Promise<Buffer> {
  const { algorithm, bytes } = await encryptWithPassword(exportPrivateKey(key), password)
  const value = writeDer(context(0), sequence(algorithm, octets(bytes)))
  return sequence(writeOid(oid.shroudedKeyBag), value, ownAttributes(own))
}

function certificateBag(certificate: Certificate, own: Certificate): Buffer {
  const value = sequence(writeOid(oid.x509Certificate), writeDer(context(0), octets(certificate.der)))
  const attributes = certificate === own ? [ownAttributes(own)] : []
  return sequence(writeOid(oid.certificateBag), writeDer(context(0), value), ...attributes)
}

/** What ties key and certificate together for other readers. */
function ownAttributes(own: Certificate): Buffer {
  const localKeyId = octets(fromHex(own.keyId).subarray(0, 20))
  return writeDer(tag.set, sequence(writeOid(oid.localKeyId), writeDer(tag.set, localKeyId)))
}

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
  expectOid(algorithm, oid.sha256)
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
  expectOid(from, oid.data)
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
  if (type === oid.data) return readData(new DerReader(value))
  if (type !== oid.encryptedData) throw malformedBundle(`part of type ${type}`)
  const wrapper = from.into(context(0))
  from.end()
  const data = wrapper.into(tag.sequence)
  wrapper.end()
  if (readSmallInteger(data.take(tag.integer).value) !== 0) throw malformedBundle('version of an encrypted part')
  const content = data.into(tag.sequence)
  data.end()
  expectOid(content, oid.data)
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
    if (type === oid.shroudedKeyBag) {
      found.keys.push({ algorithm: value.take(tag.sequence).whole, bytes: value.take(tag.octetString).value })
    } else if (type === oid.certificateBag) {
      expectOid(value, oid.x509Certificate)
      const inner = value.into(context(0))
      found.certificates.push(inner.take(tag.octetString).value)
      inner.end()
    } else throw malformedBundle(`bag of type ${type}`)
    value.end()
  }
}
