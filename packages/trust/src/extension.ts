/**
 * Certificate extensions: the ones that are understood, read strictly.
 *
 * An extension that is not here stays unread; whether that matters, because it
 * is critical, is the chain verifier's question.
 *
 * @module
 */
import {
  checkInteger,
  context,
  DerReader,
  malformed,
  readBoolean,
  readNamedBits,
  readOid,
  readSmallInteger,
  readWhole,
  tag,
} from './der.ts'

export const extensionId = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  authorityInformation: '1.3.6.1.5.5.7.1.1',
} as const

export interface Extension {
  readonly isCritical: boolean
  readonly value: Buffer
}

export type Extensions = ReadonlyMap<string, Extension>

export type NameKind = 'dns' | 'ip' | 'uri' | 'email' | 'directory' | 'other'

/** A name, or what a constraint says about names. `value` is text, or hex where there is no text. */
export interface GeneralName {
  readonly kind: NameKind
  readonly value: string
}

export interface NameConstraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

/** Reads `Extensions`. Two extensions with one id are refused: two readers could each take another. */
export function readExtensions(from: DerReader): Extensions {
  const found = new Map<string, Extension>()
  const items = from.into(tag.sequence)
  if (items.isAtEnd) throw malformed('at least one extension')
  while (!items.isAtEnd) {
    const item = items.into(tag.sequence)
    const id = readOid(item.take(tag.oid).value)
    const critical = item.takeIf(tag.boolean)
    // DER leaves a value that equals its default out, so a written FALSE is malformed.
    if (critical !== undefined && !readBoolean(critical.value)) throw malformed('no default values in DER')
    const value = item.take(tag.octetString).value
    item.end()
    if (found.has(id)) throw malformed('each extension once')
    found.set(id, { isCritical: critical !== undefined, value })
  }
  return found
}

export function readBasicConstraints(value: Buffer): { isAuthority: boolean; pathLength?: number } {
  return readWhole(value, tag.sequence, (from) => {
    const authority = from.takeIf(tag.boolean)
    if (authority !== undefined && !readBoolean(authority.value)) throw malformed('no default values in DER')
    const pathLength = from.takeIf(tag.integer)
    if (pathLength === undefined) return { isAuthority: authority !== undefined }
    if (authority === undefined) throw malformed('a path length on authorities only')
    return { isAuthority: true, pathLength: readSmallInteger(pathLength.value) }
  })
}

export function readKeyUsage(value: Buffer): ReadonlySet<number> {
  const outer = new DerReader(value)
  const bits = readNamedBits(outer.take(tag.bitString).value)
  outer.end()
  if (bits.size === 0) throw malformed('at least one key usage')
  return bits
}

export function readPurposes(value: Buffer): readonly string[] {
  return readWhole(value, tag.sequence, (from) => {
    const purposes: string[] = []
    while (!from.isAtEnd) purposes.push(readOid(from.take(tag.oid).value))
    if (purposes.length === 0) throw malformed('at least one purpose')
    return purposes
  })
}

export function readSubjectKeyId(value: Buffer): Buffer {
  const outer = new DerReader(value)
  const keyId = outer.take(tag.octetString).value
  outer.end()
  return keyId
}

export interface AuthorityKeyId {
  readonly keyId?: Buffer
  readonly namesIssuer: boolean
}

export function readAuthorityKeyId(value: Buffer): AuthorityKeyId {
  return readWhole(value, tag.sequence, (from) => {
    const keyId = from.takeIf(context(0, false))?.value
    const issuer = from.takeIf(context(1))
    const serial = from.takeIf(context(2, false))
    if (serial !== undefined) checkInteger(serial.value)
    const namesIssuer = issuer !== undefined || serial !== undefined
    return keyId === undefined ? { namesIssuer } : { keyId, namesIssuer }
  })
}

export function readSubjectAlternativeNames(value: Buffer): readonly GeneralName[] {
  return readWhole(value, tag.sequence, (from) => {
    const names: GeneralName[] = []
    while (!from.isAtEnd) names.push(readGeneralName(from, 'name'))
    if (names.length === 0) throw malformed('at least one alternative name')
    return names
  })
}

export function readNameConstraints(value: Buffer): NameConstraints {
  return readWhole(value, tag.sequence, (from) => {
    const permitted = readSubtrees(from.takeIf(context(0))?.value)
    const excluded = readSubtrees(from.takeIf(context(1))?.value)
    if (permitted.length + excluded.length === 0) throw malformed('at least one name constraint')
    return { permitted, excluded }
  })
}

function readSubtrees(value: Buffer | undefined): readonly GeneralName[] {
  if (value === undefined) return []
  const from = new DerReader(value)
  const subtrees: GeneralName[] = []
  while (!from.isAtEnd) {
    const subtree = from.into(tag.sequence)
    subtrees.push(readGeneralName(subtree, 'constraint'))
    // Minimum is 0 and maximum absent in every certificate (RFC 5280 4.2.1.10).
    subtree.end()
  }
  if (subtrees.length === 0) throw malformed('at least one subtree')
  return subtrees
}

function readGeneralName(from: DerReader, use: 'name' | 'constraint'): GeneralName {
  const { tag: found, value, whole } = from.takeAny()
  switch (found) {
    case context(1, false):
      return { kind: 'email', value: ascii(value) }
    case context(2, false):
      return { kind: 'dns', value: ascii(value) }
    case context(6, false):
      return { kind: 'uri', value: ascii(value) }
    case context(7, false): {
      const lengths = use === 'name' ? [4, 16] : [8, 32]
      if (!lengths.includes(value.length)) throw malformed('an IP address')
      return { kind: 'ip', value: value.toString('hex') }
    }
    case context(4):
      return { kind: 'directory', value: value.toString('hex') }
    case context(0):
    case context(3):
    case context(5):
    case context(8, false):
      return { kind: 'other', value: whole.toString('hex') }
    default:
      throw malformed('a general name')
  }
}

function ascii(value: Buffer): string {
  if (value.some((byte) => byte < 0x20 || byte > 0x7e)) throw malformed('printable ASCII in a name')
  return value.toString('latin1')
}

/** Only looked at for its form. */
export function checkAuthorityInformation(value: Buffer): void {
  readWhole(value, tag.sequence, (from) => {
    if (from.isAtEnd) throw malformed('at least one access description')
    while (!from.isAtEnd) {
      const description = from.into(tag.sequence)
      readOid(description.take(tag.oid).value)
      readGeneralName(description, 'name')
      description.end()
    }
  })
}
