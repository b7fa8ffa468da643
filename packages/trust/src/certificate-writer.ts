/**
 * Writing a certificate: one row of the profile table, one signature.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { encodeUtf8, randomBytes, toHex } from '@sallygate/base/bytes'
import { parseCertificate, type Certificate } from './certificate.ts'
import { context, tag } from './der.ts'
import { writeDer, writeOid } from './der-writer.ts'
import { extensionId } from './extension.ts'
import { trustFailure } from './failures.ts'
import { identityUri, type IdentityName } from './identity.ts'
import { curveOf, exportPublicKey, keyIdOf, requireKey, type Curve } from './key.ts'
import { keyUsageBits, profileOf, type Profile, type ProfileName } from './profile.ts'
import { x509Library, type X509 } from './x509-library.ts'

/** Clocks differ; a certificate that begins now is not valid yet on a machine that is a minute late. */
export const backdatedMs = 5 * 60_000

const dayMs = 24 * 3_600_000

interface Order {
  readonly profile: ProfileName
  readonly commonName: string
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
  /** Absent for a root, which is its own issuer. */
  readonly issuer?: Certificate
  readonly at: Date
  readonly days?: number
  readonly identity?: IdentityName
  readonly names?: readonly { readonly type: 'dns' | 'ip'; readonly value: string }[]
  /** Host that the name constraint of an authority permits. */
  readonly confinedTo?: string
}

/** @throws TRUST_WRONG_KEY when a key is not on the profile's curve or does not belong to the issuer. */
export async function signCertificate(order: Order): Promise<Certificate> {
  const profile = profileOf(order.profile)
  const publicKey = requireKey(order.publicKey, 'public', profile.curve)
  const signer = signingCurve(order)
  const { notBefore, notAfter } = lifeOf(order, profile)
  const commonName = [{ CN: [order.commonName] }]
  const library = await x509Library()
  const made = await library.X509CertificateGenerator.create({
    serialNumber: toHex(randomSerial()),
    subject: commonName,
    issuer: order.issuer === undefined ? commonName : issuerName(order.issuer),
    notBefore,
    notAfter,
    publicKey: exportPublicKey(publicKey),
    signingKey: order.signingKey.toCryptoKey({ name: 'ECDSA', namedCurve: signer }, true, ['sign']),
    signingAlgorithm: { name: 'ECDSA', hash: signer === 'P-384' ? 'SHA-384' : 'SHA-256' },
    extensions: extensionsOf(library, order, profile),
  })
  return parseCertificate(Buffer.from(made.rawData))
}

function signingCurve(order: Order): Curve {
  const curve = curveOf(order.signingKey)
  const expected = order.issuer?.keyId ?? keyIdOf(order.publicKey)
  if (curve === undefined || order.signingKey.type !== 'private' || keyIdOf(order.signingKey) !== expected)
    throw trustFailure('WRONG_KEY', { details: { expected: 'the private key of the issuer' } })
  return curve
}

/** Certificates have whole seconds, and none outlives its issuer: it would end early without saying so. */
function lifeOf(order: Order, profile: Profile): { notBefore: Date; notAfter: Date } {
  const start = Math.floor(order.at.getTime() / 1000) * 1000
  const end = start + (order.days ?? profile.lifeDays) * dayMs
  const issuerEnd = order.issuer?.notAfter.getTime() ?? end
  return { notBefore: new Date(start - backdatedMs), notAfter: new Date(Math.min(end, issuerEnd)) }
}

/** 16 random bytes; the top bits make it positive and its length constant. */
function randomSerial(): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

/** Every authority of ours has exactly one common name. */
function issuerName(issuer: Certificate) {
  const commonName = issuer.x509.subject.replace(/^CN=/, '')
  return [{ CN: [commonName] }]
}

function extensionsOf(library: typeof X509, order: Order, profile: Profile): X509.Extension[] {
  const isAuthority = profile.pathLength !== undefined
  const usage = profile.keyUsage.reduce((bits, name) => bits | (1 << keyUsageBits[name]), 0)
  const names = [
    ...(order.identity === undefined ? [] : [{ type: 'url' as const, value: identityUri(order.identity) }]),
    ...(order.names ?? []),
  ]
  const purposes = profile.purposes.map(writeOid)
  const { Extension } = library
  return [
    new library.BasicConstraintsExtension(isAuthority, profile.pathLength, true),
    new library.KeyUsagesExtension(usage, true),
    ...(purposes.length === 0
      ? []
      : [new Extension(extensionId.extendedKeyUsage, false, writeDer(tag.sequence, ...purposes))]),
    ...(names.length === 0 ? [] : [new library.SubjectAlternativeNameExtension(names)]),
    ...(order.confinedTo === undefined ? [] : [hostConstraint(library, order.confinedTo)]),
    new library.SubjectKeyIdentifierExtension(shortKeyId(order.publicKey)),
    ...(order.issuer === undefined ? [] : [new library.AuthorityKeyIdentifierExtension(shortKeyIdOf(order.issuer))]),
  ]
}

/** Permits URIs of one host, and no DNS name, address or e-mail address at all. */
function hostConstraint({ Extension }: typeof X509, host: string): X509.Extension {
  const subtree = (number: number, value: Uint8Array) => writeDer(tag.sequence, writeDer(context(number, false), value))
  const permitted = writeDer(context(0), subtree(6, encodeUtf8(host)))
  const nothing = new Uint8Array()
  const excluded = writeDer(
    context(1),
    subtree(1, nothing),
    subtree(2, nothing),
    subtree(7, new Uint8Array(8)),
    subtree(7, new Uint8Array(32)),
  )
  return new Extension(extensionId.nameConstraints, true, writeDer(tag.sequence, permitted, excluded))
}

/** 160 bits of the key id, which RFC 7093 method 4 allows. */
function shortKeyId(key: KeyObject): string {
  return keyIdOf(key).slice(0, 40)
}

function shortKeyIdOf(issuer: Certificate): string {
  return issuer.subjectKeyId === undefined ? issuer.keyId.slice(0, 40) : toHex(issuer.subjectKeyId)
}
