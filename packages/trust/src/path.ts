/**
 * Certification paths: from a leaf to an anchor, or a reason why not.
 *
 * The rules of RFC 5280 section 6 without policies, read strictly: names compare
 * as bytes, what is not understood is refused, and the search is bounded. What a
 * leaf has to be for is handed in; what its names mean is not known here.
 *
 * @module
 */
import { equalBytes } from '@sallygate/base/bytes'
import type { Failure } from '@sallygate/base/failure'
import type { Certificate } from './certificate.ts'
import { isSelfIssued, isSignedBy, strangeAuthority, strangeLeaf, strangeShape } from './certificate-shape.ts'
import { trustFailure } from './failures.ts'
import { violates } from './name-constraints.ts'

export interface PathRequest {
  readonly leaf: Certificate
  readonly intermediates: readonly Certificate[]
  readonly anchors: readonly Certificate[]
  readonly at: Date
  /** The purpose the leaf must list, and every authority that lists purposes at all. */
  readonly purpose?: string
  readonly leafIsAuthority?: boolean
  /** RSA of 2048 bits and more; only where somebody else's certificates are looked at. */
  readonly allowsRsa?: boolean
  /** Authorities between leaf and anchor, at most. */
  readonly maxIntermediates?: number
}

/** Enough for any honest chain; a bundle built to be searched for ever runs out here. */
const maxCandidates = 64

/** What a search has used up, and the first thing that was wrong with a candidate. */
interface Search extends PathRequest {
  candidatesLeft: number
  problem?: Failure
}

const untrusted = (because: string) => trustFailure('UNTRUSTED', { details: { because } })

/**
 * Finds a path and returns it, leaf first, anchor last.
 *
 * @throws TRUST_UNTRUSTED, TRUST_EXPIRED, TRUST_NOT_YET_VALID, TRUST_WRONG_PROFILE.
 */
export function findPath(request: PathRequest): readonly Certificate[] {
  checkLeaf(request)
  const search: Search = { ...request, candidatesLeft: maxCandidates }
  const path = extend(search, [request.leaf])
  if (path === undefined) throw search.problem ?? untrusted('no issuer found')
  return path
}

function checkLeaf({ leaf, purpose, at, allowsRsa = false, leafIsAuthority = false }: PathRequest): void {
  const strange = strangeShape(leaf, allowsRsa) ?? (leafIsAuthority ? strangeAuthority(leaf) : strangeLeaf(leaf))
  if (strange !== undefined) throw untrusted(strange)
  if (purpose !== undefined && leaf.purposes?.includes(purpose) !== true)
    throw trustFailure('WRONG_PROFILE', { details: { because: 'purpose' } })
  const time = rejectTime(leaf, at)
  if (time !== undefined) throw time
}

/** Depth first, anchors before intermediates. */
function extend(search: Search, path: readonly Certificate[]): readonly Certificate[] | undefined {
  const anchor = search.anchors.find((candidate) => isIssuer(search, path, candidate))
  if (anchor !== undefined) return [...path, anchor]
  if (path.length > (search.maxIntermediates ?? 4)) return undefined
  for (const candidate of search.intermediates) {
    if (isRepeated(path, candidate) || !isIssuer(search, path, candidate)) continue
    const found = extend(search, [...path, candidate])
    if (found !== undefined) return found
  }
  return undefined
}

/** The same name with the same key a second time is a circle. */
function isRepeated(path: readonly Certificate[], candidate: Certificate): boolean {
  return path.some((member) => member.keyId === candidate.keyId && equalBytes(member.subject, candidate.subject))
}

function isIssuer(search: Search, path: readonly Certificate[], candidate: Certificate): boolean {
  const last = path.at(-1) as Certificate
  if (!mayHaveIssued(candidate, last)) return false
  const problem = search.candidatesLeft-- <= 0 ? untrusted('too many paths') : rejectIssuer(search, path, candidate)
  if (problem !== undefined) search.problem ??= problem
  return problem === undefined
}

function mayHaveIssued(issuer: Certificate, subject: Certificate): boolean {
  if (!equalBytes(issuer.subject, subject.issuer)) return false
  const [wanted, own] = [subject.authorityKeyId?.keyId, issuer.subjectKeyId]
  return wanted === undefined || own === undefined || equalBytes(wanted, own)
}

/** Every rule about an authority, cheap ones first, the signature last. */
function rejectIssuer(search: Search, path: readonly Certificate[], issuer: Certificate): Failure | undefined {
  const strange = strangeShape(issuer, search.allowsRsa ?? false) ?? strangeAuthority(issuer)
  if (strange !== undefined) return untrusted(strange)
  const time = rejectTime(issuer, search.at)
  if (time !== undefined) return time
  // Self-issued authorities in between do not count (RFC 5280 6.1.4 l); the leaf never does.
  const between = path.slice(1).filter((member) => !isSelfIssued(member)).length
  if (issuer.pathLength !== undefined && between > issuer.pathLength) return untrusted('path length')
  if (search.purpose !== undefined && issuer.purposes?.includes(search.purpose) === false)
    return untrusted('purpose that the authority may not issue for')
  const name = rejectNames(path, issuer)
  if (name !== undefined) return untrusted(name)
  return isSignedBy(path.at(-1) as Certificate, issuer.publicKey) ? undefined : untrusted('signature')
}

function rejectNames(path: readonly Certificate[], { nameConstraints }: Certificate): string | undefined {
  if (nameConstraints === undefined) return undefined
  return path
    .filter((member, index) => index === 0 || !isSelfIssued(member))
    .map((member) => violates(member.names, nameConstraints))
    .find((reason) => reason !== undefined)
}

/** Certificates count in whole seconds, both ends included. */
function rejectTime({ notBefore, notAfter }: Certificate, at: Date): Failure | undefined {
  const second = Math.floor(at.getTime() / 1000) * 1000
  if (second < notBefore.getTime())
    return trustFailure('NOT_YET_VALID', { details: { begins: notBefore.toISOString() } })
  if (second > notAfter.getTime()) return trustFailure('EXPIRED', { details: { ended: notAfter.toISOString() } })
  return undefined
}
