/**
 * The shape of a certificate: what it must look like to be part of a path at all.
 *
 * Each function answers with what is strange about a certificate, or with
 * nothing. Time, names and signatures are the path's.
 *
 * @module
 */
import { verify as verifySignature, type KeyObject } from 'node:crypto'
import { equalBytes, toHex } from '@sallygate/base/bytes'
import type { Certificate } from './certificate.ts'
import { extensionId } from './extension.ts'
import { isDnsName } from './name-constraints.ts'
import { anyPurpose, keyUsageBits, type KeyUsage } from './profile.ts'

/** ecdsa-with-SHA256, ecdsa-with-SHA384, and RSA PKCS#1 v1.5 with SHA-256, -384, -512, as whole AlgorithmIdentifiers. */
const signatureHashes: ReadonlyMap<string, { hash: string; isRsa: boolean }> = new Map([
  ['300a06082a8648ce3d040302', { hash: 'sha256', isRsa: false }],
  ['300a06082a8648ce3d040303', { hash: 'sha384', isRsa: false }],
  ['300d06092a864886f70d01010b0500', { hash: 'sha256', isRsa: true }],
  ['300d06092a864886f70d01010c0500', { hash: 'sha384', isRsa: true }],
  ['300d06092a864886f70d01010d0500', { hash: 'sha512', isRsa: true }],
])

/** SubjectPublicKeyInfo up to the point; a curve spelled out in parameters has another beginning. */
const curvePrefixes = [
  '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  '3076301006072a8648ce3d020106052b81040022036200',
]

const understoodIfCritical: ReadonlySet<string> = new Set([
  extensionId.basicConstraints,
  extensionId.keyUsage,
  extensionId.subjectAlternativeName,
  extensionId.nameConstraints,
])

/** What no certificate in a path may look like. */
export function strangeShape(certificate: Certificate, allowsRsa: boolean): string | undefined {
  const algorithm = signatureHashes.get(toHex(certificate.signatureAlgorithm))
  if (algorithm === undefined || (algorithm.isRsa && !allowsRsa)) return 'signature algorithm'
  if (!isAcceptedKey(certificate, allowsRsa)) return 'kind of key'
  for (const [id, { isCritical }] of certificate.extensions)
    if (isCritical && !understoodIfCritical.has(id)) return `critical extension ${id}`
  if (certificate.extensions.has(extensionId.policyConstraints)) return 'policy constraints'
  if (isEmptyName(certificate.issuer)) return 'empty issuer name'
  return certificate.names.some((name) => !isPlausibleName(name.kind, name.value)) ? 'alternative name' : undefined
}

function isAcceptedKey(certificate: Certificate, allowsRsa: boolean): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey
  if (type === 'ec') return curvePrefixes.some((prefix) => toHex(certificate.spki).startsWith(prefix))
  const bits = details?.modulusLength ?? 0
  return type === 'rsa' && allowsRsa && bits >= 2048 && bits <= 8192 && bits % 8 === 0
}

function isPlausibleName(kind: string, value: string): boolean {
  const isAddress = /^[0-9.]+$/.test(value)
  return kind !== 'dns' || (isDnsName(value.replace(/^\*\.(?=[^.]+\.)/, '')) && !isAddress)
}

export function strangeAuthority(certificate: Certificate): string | undefined {
  if (!certificate.isAuthority) return 'issuer that is no authority'
  if (certificate.extensions.get(extensionId.basicConstraints)?.isCritical !== true)
    return 'basic constraints not critical'
  if (!hasUsage(certificate, 'keyCertSign')) return 'authority that may not sign certificates'
  if (isEmptyName(certificate.subject)) return 'authority without a name'
  if (certificate.subjectKeyId === undefined) return 'authority without a key identifier'
  if (!isSelfIssued(certificate) && certificate.authorityKeyId?.keyId === undefined)
    return 'no authority key identifier'
  if (isSelfIssued(certificate) && !hasPlainAuthorityKeyId(certificate)) return 'authority key identifier'
  const constraints = certificate.extensions.get(extensionId.nameConstraints)
  return constraints !== undefined && !constraints.isCritical ? 'name constraints not critical' : undefined
}

/** A self-signed authority names itself, by key, or nobody. One that rolls over to a new key names its old one. */
function hasPlainAuthorityKeyId(certificate: Certificate): boolean {
  const { authorityKeyId, subjectKeyId, publicKey } = certificate
  if (authorityKeyId === undefined) return true
  if (authorityKeyId.keyId === undefined || subjectKeyId === undefined || authorityKeyId.namesIssuer) return false
  return equalBytes(authorityKeyId.keyId, subjectKeyId) || !isSignedBy(certificate, publicKey)
}

export function strangeLeaf(certificate: Certificate): string | undefined {
  if (certificate.isAuthority) return 'authority in place of a leaf'
  if (certificate.nameConstraints !== undefined) return 'name constraints in a leaf'
  if (certificate.authorityKeyId?.keyId === undefined) return 'no authority key identifier'
  if (!hasUsage(certificate, 'digitalSignature') || hasUsage(certificate, 'keyCertSign')) return 'key usage'
  if (certificate.purposes === undefined) return 'no purpose'
  if (certificate.purposes.includes(anyPurpose)) return 'every purpose'
  if (certificate.names.length === 0) return 'no alternative name'
  const isCritical = certificate.extensions.get(extensionId.subjectAlternativeName)?.isCritical === true
  // Critical exactly where there is no other name (RFC 5280 4.2.1.6).
  return isCritical === isEmptyName(certificate.subject) ? undefined : 'criticality of the alternative name'
}

function hasUsage(certificate: Certificate, usage: KeyUsage): boolean {
  return certificate.keyUsage?.has(keyUsageBits[usage]) === true
}

function isEmptyName(name: Buffer): boolean {
  return name.length === 2
}

export function isSelfIssued(certificate: Certificate): boolean {
  return equalBytes(certificate.subject, certificate.issuer)
}

export function isSignedBy(subject: Certificate, key: KeyObject): boolean {
  const algorithm = signatureHashes.get(toHex(subject.signatureAlgorithm))
  if (algorithm === undefined || (key.asymmetricKeyType === 'rsa') !== algorithm.isRsa) return false
  return verifySignature(algorithm.hash, subject.signed, key, subject.signature)
}
