/**
 * The trust set of a group: which console keys may sign requests, right now.
 *
 * It is numbered and short-lived, because that is what revocation is here: a
 * relay that withholds a newer one buys at most a day. The floor of numbers is
 * the caller's to keep on disk.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { layout, instant, list, u64, u8, word } from '@sallygate/base/layout'
import type { Bytes } from '@sallygate/base/bytes'
import type { Certificate } from './certificate.ts'
import { verifyChain, type VerifiedCertificate } from './chain.ts'
import { malformed } from './der.ts'
import { trustFailure } from './failures.ts'
import { idField, keyIdField, type ConsoleId, type GroupId, type KeyId, type RelayId } from './identity.ts'
import { certificateField, makeStatement, readStatement, type StatementKind } from './statement.ts'
import { checkBegun, isOver } from './validity.ts'

/** How old a trust set may be at use. */
export const maxTrustSetLifeMs = 24 * 3_600_000

const signer = layout({ keyId: keyIdField, certificate: certificateField })

const kind: StatementKind<TrustSetContent & { readonly version: 'v1' }> = {
  what: 'trust set',
  maxLength: 64 * 1024,
  record: layout({
    version: word({ v1: 1 }),
    console: idField<ConsoleId>(),
    group: idField<GroupId>(),
    number: u64,
    issuedAt: instant,
    notAfter: instant,
    suiteFloor: u8,
    signers: list(signer, 8),
    authorities: list(certificateField, 4),
    relay: idField<RelayId>(),
  }),
}

export interface TrustSetContent {
  readonly console: ConsoleId
  readonly group: GroupId
  readonly number: number
  readonly issuedAt: Date
  readonly notAfter: Date
  /** Suites below this number are refused. */
  readonly suiteFloor: number
  /** Console signing certificates that may sign requests. */
  readonly signers: readonly { readonly keyId: KeyId; readonly certificate: Certificate }[]
  /** Authorities of the group that may sign the next set: two while one replaces the other, the one that issues first. */
  readonly authorities: readonly Certificate[]
  readonly relay: RelayId
}

export interface TrustSet extends TrustSetContent {
  readonly verifiedSigners: ReadonlyMap<KeyId, VerifiedCertificate>
}

/** @param authorityKey Private key of one of the authorities that receivers know already. */
export function makeTrustSet(content: TrustSetContent, authorityKey: KeyObject): Buffer {
  return makeStatement(kind, { version: 'v1', ...content }, authorityKey)
}

export interface TrustSetExpectation {
  readonly root: Certificate
  /** Group authorities known so far: from enrollment, then from the last accepted set. */
  readonly authorities: readonly Certificate[]
  /**
   * The console's identity signed the message that brought the set. Then an authority in it may be new: it leads to the
   * root as every other, and who was away while authorities changed has no other way to learn of it.
   */
  readonly isVouchedFor?: boolean
  readonly group: GroupId
  readonly console?: ConsoleId
  /** The highest number accepted so far; 0 when none was. */
  readonly floorNumber: number
  readonly now: Date
}

/**
 * Verifies a trust set and everybody in it.
 *
 * @throws TRUST_MALFORMED, TRUST_SET_WRONG_SIGNER, TRUST_WRONG_GROUP, TRUST_SET_LOWER_NUMBER, TRUST_SET_TOO_OLD,
 * TRUST_NOT_YET_VALID, and what the chains of its members fail with.
 */
export function verifyTrustSet(encoded: Bytes, expected: TrustSetExpectation): TrustSet {
  const statement = readStatement(kind, encoded)
  const { version: _, ...set } = statement.value
  const { group, root, now } = expected
  const console = expected.console ?? set.console
  // Of two certificates for one key the later one counts: the authority was renewed.
  const signedBy = [...expected.authorities, ...(expected.isVouchedFor === true ? set.authorities : [])]
    .filter((authority) => statement.isSignedBy(authority.publicKey))
    .toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime())
    .at(0)
  if (signedBy === undefined) throw trustFailure('SET_WRONG_SIGNER')
  const belonging = { root, console, group, at: now }
  verifyAuthority(signedBy, belonging)
  if (set.group !== group || set.console !== console)
    throw trustFailure('WRONG_GROUP', { details: { of: 'trust set' } })
  if (set.number < expected.floorNumber)
    throw trustFailure('SET_LOWER_NUMBER', { details: { number: set.number, floor: expected.floorNumber } })
  checkBegun(set, maxTrustSetLifeMs, now)
  requireFreshTrustSet(set, now)
  for (const authority of set.authorities) verifyAuthority(authority, belonging)
  return { ...set, verifiedSigners: verifySigners(set, root, now) }
}

interface Belonging {
  readonly root: Certificate
  readonly console: ConsoleId
  readonly group: GroupId
  readonly at: Date
}

function verifyAuthority(leaf: Certificate, { root, ...expected }: Belonging): void {
  verifyChain({ leaf, intermediates: [], anchors: [root], profile: 'groupAuthority', ...expected })
}

/** A signer that has ended is left out rather than refusing the set: others in it may still be good. */
function verifySigners(set: TrustSetContent, root: Certificate, at: Date): ReadonlyMap<KeyId, VerifiedCertificate> {
  const { console, group, authorities: intermediates } = set
  const verified = new Map<KeyId, VerifiedCertificate>()
  for (const { keyId, certificate: leaf } of set.signers) {
    if (leaf.keyId !== keyId || verified.has(keyId)) throw malformed('key ids that fit their certificates')
    try {
      const request = { leaf, intermediates, anchors: [root], profile: 'consoleSigning', at, console, group } as const
      verified.set(keyId, verifyChain(request))
    } catch (cause) {
      if (!(trustFailure.is(cause) && cause.code === 'TRUST_EXPIRED')) throw cause
    }
  }
  return verified
}

/** To be asked at every use, since a set that was fresh when it came grows old. @throws TRUST_SET_TOO_OLD. */
export function requireFreshTrustSet(set: Pick<TrustSetContent, 'issuedAt' | 'notAfter'>, now: Date): void {
  if (isOver(set, now)) throw trustFailure('SET_TOO_OLD', { details: { ended: set.notAfter.toISOString() } })
}

/** The key that a message says it is signed with. @throws TRUST_SET_TOO_OLD, TRUST_UNKNOWN_SIGNER, TRUST_EXPIRED. */
export function findSigner(set: TrustSet, keyId: KeyId, now: Date): VerifiedCertificate {
  requireFreshTrustSet(set, now)
  const found = set.verifiedSigners.get(keyId)
  if (found === undefined) throw trustFailure('UNKNOWN_SIGNER')
  if (now.getTime() > found.notAfter.getTime() + 999)
    throw trustFailure('EXPIRED', { details: { ended: found.notAfter.toISOString() } })
  return found
}

/** @param known The suites this build knows. @throws TRUST_SUITE_BELOW_FLOOR. */
export function requireSuite(set: Pick<TrustSetContent, 'suiteFloor'>, suite: number, known: readonly number[]): void {
  if (suite < set.suiteFloor || !known.includes(suite))
    throw trustFailure('SUITE_BELOW_FLOOR', { details: { suite, floor: set.suiteFloor } })
}
