/**
 * A certificate: its bytes, read once and strictly.
 *
 * What the chain verifier decides on comes from these fields, and signatures are
 * checked over the bytes the fields were read from. Reading says nothing about
 * trust.
 *
 * @module
 */
import { X509Certificate, type KeyObject } from 'node:crypto'
import { equalBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { checkInteger, context, DerReader, malformed, readBitBytes, readWhole, tag } from './der.ts'
import {
  checkAuthorityInformation,
  extensionId,
  readAuthorityKeyId,
  readBasicConstraints,
  readExtensions,
  readKeyUsage,
  readNameConstraints,
  readPurposes,
  readSubjectAlternativeNames,
  readSubjectKeyId,
  type AuthorityKeyId,
  type Extensions,
  type GeneralName,
  type NameConstraints,
} from './extension.ts'
import type { KeyId } from './identity.ts'

/** Large enough for a TLS certificate with a hundred names; ours have about 600 bytes. */
export const maxCertificateLength = 16 * 1024

export interface Certificate {
  readonly der: Buffer
  /** The runtime's view, for TLS and for showing. */
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
  readonly keyId: KeyId
  readonly spki: Buffer
  /** Lower-case hex. */
  readonly serial: string
  /** DER of the distinguished names; equal bytes are equal names here. */
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly notBefore: Date
  readonly notAfter: Date
  readonly extensions: Extensions
  readonly isAuthority: boolean
  readonly pathLength?: number
  /** `undefined` where the extension is absent. */
  readonly keyUsage?: ReadonlySet<number>
  readonly purposes?: readonly string[]
  readonly names: readonly GeneralName[]
  readonly nameConstraints?: NameConstraints
  readonly subjectKeyId?: Buffer
  readonly authorityKeyId?: AuthorityKeyId
  /** The signed part, the whole AlgorithmIdentifier and the signature. */
  readonly signed: Buffer
  readonly signatureAlgorithm: Buffer
  readonly signature: Buffer
}

/** @throws TRUST_MALFORMED for anything but one certificate of version 3 in DER. */
export function parseCertificate(bytes: Bytes): Certificate {
  if (bytes.length > maxCertificateLength) throw malformed(`a certificate of at most ${maxCertificateLength} bytes`)
  const der = Buffer.from(bytes)
  const outer = readWhole(der, tag.sequence, (from) => ({
    signed: from.take(tag.sequence),
    signatureAlgorithm: from.take(tag.sequence).whole,
    signature: readBitBytes(from.take(tag.bitString).value),
  }))
  const inner = readSigned(new DerReader(outer.signed.value))
  if (!equalBytes(inner.innerAlgorithm, outer.signatureAlgorithm)) throw malformed('one signature algorithm')
  const { x509, publicKey } = parseWithRuntime(der)
  const { signatureAlgorithm, signature } = outer
  const keyId = toHex(sha256(inner.spki)) as KeyId
  const { innerAlgorithm: _, ...fields } = inner
  return { der, x509, publicKey, keyId, ...fields, signed: outer.signed.whole, signatureAlgorithm, signature }
}

/** @throws TRUST_MALFORMED for anything but one PEM certificate. */
export function parseCertificatePem(pem: string): Certificate {
  const [first, ...rest] = parseCertificatesPem(pem)
  if (first === undefined || rest.length > 0) throw malformed('one PEM certificate')
  return parseCertificate(first)
}

/** The DER of every certificate in a PEM text. */
export function parseCertificatesPem(pem: string): readonly Buffer[] {
  const blocks = pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)
  return [...blocks].map((block) => Buffer.from(block[1] ?? '', 'base64'))
}

export function certificatePem(certificate: Certificate): string {
  const lines = certificate.der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function parseWithRuntime(der: Buffer): { x509: X509Certificate; publicKey: KeyObject } {
  try {
    const x509 = new X509Certificate(der)
    return { x509, publicKey: x509.publicKey }
  } catch (cause) {
    throw malformed('a certificate', cause)
  }
}

function readSigned(from: DerReader) {
  const version = from.into(context(0)).take(tag.integer).value
  if (version.length !== 1 || version[0] !== 2) throw malformed('a certificate of version 3')
  const serial = readSerial(from.take(tag.integer).value)
  const innerAlgorithm = from.take(tag.sequence).whole
  const issuer = from.take(tag.sequence).whole
  const validity = from.into(tag.sequence)
  const notBefore = readTime(validity)
  const notAfter = readTime(validity)
  validity.end()
  const subject = from.take(tag.sequence).whole
  const spki = from.take(tag.sequence).whole
  const wrapper = from.into(context(3))
  const extensions = readExtensions(wrapper)
  wrapper.end()
  from.end()
  return { serial, innerAlgorithm, issuer, notBefore, notAfter, subject, spki, ...understand(extensions) }
}

function understand(extensions: Extensions) {
  const read = <T>(id: string, reader: (value: Buffer) => T): T | undefined => {
    const extension = extensions.get(id)
    return extension === undefined ? undefined : reader(extension.value)
  }
  const keyUsage = read(extensionId.keyUsage, readKeyUsage)
  const purposes = read(extensionId.extendedKeyUsage, readPurposes)
  const nameConstraints = read(extensionId.nameConstraints, readNameConstraints)
  const subjectKeyId = read(extensionId.subjectKeyId, readSubjectKeyId)
  const authorityKeyId = read(extensionId.authorityKeyId, readAuthorityKeyId)
  read(extensionId.authorityInformation, checkAuthorityInformation)
  return {
    extensions,
    names: read(extensionId.subjectAlternativeName, readSubjectAlternativeNames) ?? [],
    ...(read(extensionId.basicConstraints, readBasicConstraints) ?? { isAuthority: false }),
    ...(keyUsage === undefined ? {} : { keyUsage }),
    ...(purposes === undefined ? {} : { purposes }),
    ...(nameConstraints === undefined ? {} : { nameConstraints }),
    ...(subjectKeyId === undefined ? {} : { subjectKeyId }),
    ...(authorityKeyId === undefined ? {} : { authorityKeyId }),
  }
}

/** RFC 5280 4.1.2.2: positive, at most 20 bytes. */
function readSerial(value: Buffer): string {
  const serial = checkInteger(value)
  const isPositive = (serial[0] ?? 0x80) < 0x80 && serial.some((byte) => byte !== 0)
  if (!isPositive || serial.length > 20) throw malformed('a positive serial number of at most 20 bytes')
  return toHex(serial)
}

/** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, seconds and Z always. */
function readTime(from: DerReader): Date {
  const { tag: found, value } = from.takeAny()
  const text = value.toString('latin1')
  const isShort = found === tag.utcTime
  if (!isShort && found !== tag.generalizedTime) throw malformed('a time')
  if (!(isShort ? /^\d{12}Z$/ : /^\d{14}Z$/).test(text)) throw malformed('a time with seconds, in UTC')
  const full = isShort ? `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}` : text
  const iso = full.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z')
  const time = new Date(iso)
  // A date such as 31 February is invalid or comes back as another day.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw malformed('a date that exists')
  if (!isShort && time.getUTCFullYear() < 2050) throw malformed('UTCTime before 2050')
  return time
}
