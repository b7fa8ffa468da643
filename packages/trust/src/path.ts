/**
 * Certification paths: from a leaf to an anchor, or a reason why not.
 *
 * The rules of RFC 5280 section 6 without policies, read strictly: names compare
 * as bytes, what is not understood is refused, and the search is bounded. What a
 * leaf has to be for is handed in; what its names mean is not known here.
 *
 * @module
 */
import { verify as verifySignature, type KeyObject } from 'node:crypto'
import { equalBytes, toHex } from '@sallygate/base/bytes'
import type { Failure } from '@sallygate/base/failure'
import type { Certificate } from './certificate.ts'
import { extensionId } from './extension.ts'
import { trustFailure } from './failures.ts'
import { isDnsName, violates } from './name-constraints.ts'
import { keyUsageBits, type KeyUsage } from './profile.ts'

export interface PathRequest {
  readonly leaf: Certificate
  readonly intermediates: readonly Certificate[]
  readonly anchors: readonly Certificate[]
  readonly at: Date
  /** The purpose the leaf must list, and every authority that lists purposes at all. `undefined` for an authority as leaf. */
  readonly purpose?: string
  readonly leafIsAuthority?: boolean
  /** RSA of 2048 bits and more; only where somebody else's certificates are looked at. */
  readonly allowsRsa?: boolean
  /** Authorities between leaf and anchor, at most. */
  readonly maxIntermediates?: number
}

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
  extensionId.extendedKeyUsage,
  extensionId.subjectAlternativeName,
  extensionId.nameConstraints,
])

/** Enough for any honest chain; a bundle built to be searched for ever runs out here. */
const maxSignatureChecks = 32

/**
 * Finds a path and returns it, leaf first, anchor last.
 *
 * @throws TRUST_UNTRUSTED, TRUST_EXPIRED, TRUST_NOT_YET_VALID, TRUST_WRONG_PROFILE.
 */
export function findPath(request: PathRequest): readonly Certificate[] {
  checkLeaf(request)
  const search = { ...request, checksLeft: maxSignatureChecks }
  const outcome = extend(search, [request.leaf])
  if (Array.isArray(outcome)) return outcome
  throw outcome as Failure
}

type Search = PathRequest & { checksLeft: number }

/** Depth first, anchors before intermediates. Returns the failure of the attempt that came furthest. */
function extend(search: Search, path: readonly Certificate[]): readonly Certificate[] | Failure {
  const last = path.at(-1) as Certificate
  let reason: Failure = trustFailure('UNTRUSTED', { details: { because: 'no issuer found' } })
  for (const anchor of search.anchors.filter((candidate) => mayHaveIssued(candidate, last))) {
    const problem = rejectIssuer(search, path, anchor)
    if (problem === undefined) return [...path, anchor]
    reason = problem
  }
  if (path.length - 1 >= (search.maxIntermediates ?? 4)) return reason
  for (const issuer of search.intermediates.filter((candidate) => mayHaveIssued(candidate, last))) {
    const isRepeated = path.some(
      (member) => equalBytes(member.spki, issuer.spki) && equalBytes(member.subject, issuer.subject),
    )
    if (isRepeated) continue
    const problem = rejectIssuer(search, path, issuer)
    const outcome = problem ?? extend(search, [...path, issuer])
    if (Array.isArray(outcome)) return outcome as readonly Certificate[]
    reason = outcome as Failure
  }
  return reason
}

function mayHaveIssued(issuer: Certificate, subject: Certificate): boolean {
  if (!equalBytes(issuer.subject, subject.issuer)) return false
  const [wanted, own] = [subject.authorityKeyId?.keyId, issuer.subjectKeyId]
  return wanted === undefined || own === undefined || equalBytes(wanted, own)
}

/** Every rule about an authority, cheap ones first, the signature last. */
function rejectIssuer(search: Search, path: readonly Certificate[], issuer: Certificate): Failure | undefined {
  const untrusted = (because: string) => trustFailure('UNTRUSTED', { details: { because } })
  const shape = strangeShape(issuer, search) ?? strangeAuthority(issuer)
  if (shape !== undefined) return untrusted(shape)
  const time = rejectTime(issuer, search.at)
  if (time !== undefined) return time
  // Self-issued authorities in between do not count (RFC 5280 6.1.4 l); the leaf never does.
  const between = path.slice(1).filter((member) => !isSelfIssued(member)).length
  if (issuer.pathLength !== undefined && between > issuer.pathLength) return untrusted('path length')
  if (search.purpose !== undefined && issuer.purposes !== undefined && !issuer.purposes.includes(search.purpose))
    return untrusted('purpose that the authority may not issue for')
  const names = rejectNames(path, issuer)
  if (names !== undefined) return untrusted(names)
  if (search.checksLeft-- <= 0) return untrusted('too many possible paths')
  return isSignedBy(path.at(-1) as Certificate, issuer.publicKey) ? undefined : untrusted('signature')
}

function rejectNames(path: readonly Certificate[], issuer: Certificate): string | undefined {
  const { nameConstraints } = issuer
  if (nameConstraints === undefined) return undefined
  return path
    .filter((member, index) => index === 0 || !isSelfIssued(member))
    .map((member) => violates(member.names, nameConstraints))
    .find((reason) => reason !== undefined)
}

function checkLeaf(request: PathRequest): void {
  const { leaf, purpose } = request
  const untrusted =
    strangeShape(leaf, request) ?? (request.leafIsAuthority === true ? strangeAuthority(leaf) : strangeLeaf(leaf))
  if (untrusted !== undefined) throw trustFailure('UNTRUSTED', { details: { because: untrusted } })
  const isForPurpose = purpose === undefined || leaf.purposes?.includes(purpose) === true
  if (!isForPurpose) throw trustFailure('WRONG_PROFILE', { details: { because: 'purpose' } })
  const time = rejectTime(leaf, request.at)
  if (time !== undefined) throw time
}

/** What no certificate in a path may look like. */
function strangeShape(
  certificate: Certificate,
  { allowsRsa = false }: Pick<PathRequest, 'allowsRsa'>,
): string | undefined {
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

function strangeAuthority(certificate: Certificate): string | undefined {
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

/** A self-issued authority names itself, by key, or nobody. */
function hasPlainAuthorityKeyId({ authorityKeyId }: Certificate): boolean {
  return authorityKeyId === undefined || (authorityKeyId.keyId !== undefined && !authorityKeyId.namesIssuer)
}

function strangeLeaf(certificate: Certificate): string | undefined {
  if (certificate.isAuthority) return 'authority in place of a leaf'
  if (certificate.nameConstraints !== undefined) return 'name constraints in a leaf'
  if (certificate.authorityKeyId?.keyId === undefined) return 'no authority key identifier'
  if (!hasUsage(certificate, 'digitalSignature') || hasUsage(certificate, 'keyCertSign')) return 'key usage'
  if (certificate.purposes === undefined) return 'no purpose'
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

function isSelfIssued(certificate: Certificate): boolean {
  return equalBytes(certificate.subject, certificate.issuer)
}

/** Certificates count in whole seconds, both ends included. */
export function rejectTime(certificate: Certificate, at: Date): Failure | undefined {
  const second = Math.floor(at.getTime() / 1000) * 1000
  if (second < certificate.notBefore.getTime())
    return trustFailure('NOT_YET_VALID', { details: { begins: certificate.notBefore.toISOString() } })
  if (second > certificate.notAfter.getTime())
    return trustFailure('EXPIRED', { details: { ended: certificate.notAfter.toISOString() } })
  return undefined
}

function isSignedBy(subject: Certificate, key: KeyObject): boolean {
  const algorithm = signatureHashes.get(toHex(subject.signatureAlgorithm))
  if (algorithm === undefined || (key.asymmetricKeyType === 'rsa') !== algorithm.isRsa) return false
  return verifySignature(algorithm.hash, subject.signed, key, subject.signature)
}
