/**
 * Chains of our own certificates: is this who it says, for what it says?
 *
 * A path to an anchor is necessary, not sufficient: the profile, the curve and
 * the identity in the name have to fit as well, and the group is compared here
 * and not left to name constraints alone. Revocation is the trust set's.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { equalBytes } from '@sallygate/base/bytes'
import type { Certificate } from './certificate.ts'
import { trustFailure } from './failures.ts'
import {
  parseIdentityUri,
  type ConsoleId,
  type GroupId,
  type IdentityName,
  type InstanceId,
  type KeyId,
} from './identity.ts'
import { curveOf } from './key.ts'
import { findPath } from './path.ts'
import { profileOf, type ProfileName } from './profile.ts'

export interface ChainRequest {
  readonly leaf: Certificate
  readonly intermediates: readonly Certificate[]
  readonly anchors: readonly Certificate[]
  readonly profile: Exclude<ProfileName, 'productRoot'>
  readonly at: Date
  /** Whom it must be; whatever is given is compared. */
  readonly console?: ConsoleId
  readonly group?: GroupId
  readonly instance?: InstanceId
}

export interface VerifiedCertificate {
  readonly certificate: Certificate
  readonly publicKey: KeyObject
  readonly keyId: KeyId
  readonly console?: ConsoleId
  readonly groupId?: GroupId
  readonly instanceId?: InstanceId
  /** When the first certificate of the path ends. */
  readonly notAfter: Date
}

/** @throws TRUST_UNTRUSTED, TRUST_EXPIRED, TRUST_NOT_YET_VALID, TRUST_WRONG_PROFILE, TRUST_WRONG_GROUP. */
export function verifyChain(request: ChainRequest): VerifiedCertificate {
  const profile = profileOf(request.profile)
  const { leaf } = request
  const isAuthority = profile.pathLength !== undefined
  const [purpose] = profile.purposes
  const path = findPath({
    leaf,
    intermediates: request.intermediates,
    anchors: request.anchors,
    at: request.at,
    leafIsAuthority: isAuthority,
    ...(isAuthority || purpose === undefined ? {} : { purpose }),
    maxIntermediates: profile.issuer === 'productRoot' ? 0 : 1,
  })
  checkProfile(request)
  const name = identityOf(request)
  checkIdentity(request, name)
  return {
    certificate: leaf,
    publicKey: leaf.publicKey,
    keyId: leaf.keyId,
    ...(name === undefined ? {} : { console: name.console }),
    ...(name !== undefined && 'group' in name ? { groupId: name.group } : {}),
    ...(name?.role === 'connector' ? { instanceId: name.instance } : {}),
    notAfter: new Date(Math.min(...path.map((member) => member.notAfter.getTime()))),
  }
}

/** Whether this authority issued it, by the key identifiers in both. Says nothing about trust. */
export function isUnder(certificate: Certificate, authority: Certificate): boolean {
  const [named, own] = [certificate.authorityKeyId?.keyId, authority.subjectKeyId]
  return named !== undefined && own !== undefined && equalBytes(named, own)
}

function checkProfile({ leaf, profile: profileName }: ChainRequest): void {
  const profile = profileOf(profileName)
  const wrong = (because: string) => trustFailure('WRONG_PROFILE', { details: { expected: profile.title, because } })
  if (curveOf(leaf.publicKey) !== profile.curve) throw wrong('curve')
  if (leaf.pathLength !== profile.pathLength) throw wrong('path length')
  // Exactly the purposes of the table: a certificate for two things is not one of ours.
  const own = leaf.purposes ?? []
  if (own.length !== profile.purposes.length || !profile.purposes.every((purpose) => own.includes(purpose)))
    throw wrong('purpose')
}

function identityOf({ leaf, profile: profileName }: ChainRequest): IdentityName | undefined {
  const profile = profileOf(profileName)
  if (profile.name === 'server') return undefined
  const [only, ...more] = leaf.names
  const name = only?.kind === 'uri' && more.length === 0 ? parseIdentityUri(only.value) : undefined
  if (name?.role !== profile.name)
    throw trustFailure('WRONG_PROFILE', { details: { expected: profile.title, because: 'name' } })
  return name
}

function checkIdentity(request: ChainRequest, name: IdentityName | undefined): void {
  const found: Partial<Record<'console' | 'group' | 'instance', string>> = name ?? {}
  for (const part of ['console', 'group', 'instance'] as const)
    if (request[part] !== undefined && found[part] !== request[part])
      throw trustFailure('WRONG_GROUP', { details: { because: part } })
}
