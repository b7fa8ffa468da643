/**
 * Entries of a sync: from a server's attributes to what the console stores.
 *
 * Values are sorted, because a server gives those of one attribute in any order and an
 * entry that did not change has to read the same.
 *
 * @module
 */
import type { SearchEntry } from '@sallygate/protocol-ldap'
import { membersPerPart, type SyncEntry } from '../contract.ts'
import { isDisabledBy } from './disabled-rule.ts'
import { rangeFrom, valueText } from './entry.ts'
import { identifierText } from './identifier.ts'
import type { DirectoryPlan } from './plan.ts'
import { sidText } from './sync-sid.ts'
import type { SyncNames } from './sync-names.ts'

/** Pictures and keys that somebody mapped are not what a list of people is for. */
const maxValueBytes = 8192
const maxValues = 1000

/** Members are read apart, and what a user is in is derived from them. */
const leftOut = new Set(['member', 'memberOf'])

/** 100 ns since 1601; both ends of the range mean "never" (MS-ADA1 2.1). */
const fileTimeOffsetMs = 11_644_473_600_000n
const neverEnds = 9_223_372_036_854_775_807n

const adAttributes = [
  'objectSid',
  'primaryGroupID',
  'accountExpires',
  'pwdLastSet',
  'lockoutTime',
  'msDS-User-Account-Control-Computed',
] as const
const lockedBit = 0x10

export interface SyncProjection {
  readonly attributes: readonly string[]
  /** One line for each part of the entry; more than one only for a large group. */
  read(entry: SearchEntry): readonly SyncEntry[]
  /** Where the server kept members back, and from which on. */
  nextMember(entry: SearchEntry): number | undefined
  membersOf(entry: SearchEntry): readonly string[]
}

export function projectSync(plan: DirectoryPlan, kind: 'users' | 'groups', names: SyncNames): SyncProjection {
  const isUsers = kind === 'users'
  const isAd = plan.isActiveDirectory
  const mapping = Object.entries(isUsers ? plan.mapping.user : plan.mapping.group).filter(
    ([name]) => !leftOut.has(name),
  )
  const fields = [...mapping, ...(isUsers ? Object.entries(plan.custom) : [])]
  const fieldsOf = new Map<string, string[]>()
  for (const [field, attribute] of fields) {
    const lower = attribute.toLowerCase()
    fieldsOf.set(lower, [...(fieldsOf.get(lower) ?? []), field])
  }
  const rule = isUsers ? plan.disabledRule : ({ kind: 'none' } as const)
  const idAttribute = plan.identifier.attribute.toLowerCase()
  const memberAttribute = plan.membership.attribute
  const memberLower = memberAttribute.toLowerCase()
  const reference =
    plan.membership.holds === 'login' ? loginReference : (value: Buffer) => names.keyOf(value.toString())
  const attributes = [
    plan.identifier.attribute,
    ...(rule.kind === 'none' ? [] : [rule.attribute]),
    ...(isUsers ? (isAd ? adAttributes : ['pwdAccountLockedTime']) : isAd ? ['objectSid'] : []),
    ...(isUsers ? [] : [isAd ? rangeFrom(memberAttribute, 0) : memberAttribute]),
    ...fields.map(([, attribute]) => attribute),
  ]

  const isMembers = (type: string) => {
    const lower = type.toLowerCase()
    return lower === memberLower || lower.startsWith(`${memberLower};range=`)
  }
  const membersOf = (entry: SearchEntry) =>
    entry.attributes.flatMap(({ type, values }) => (isMembers(type) ? values.map(reference) : []))

  return {
    attributes: [...new Set(attributes)],
    membersOf,
    nextMember(entry) {
      if (isUsers) return undefined
      for (const { type } of entry.attributes) {
        const range = /;range=\d{1,9}-(\d{1,9})$/i.exec(type)
        if (range !== null && isMembers(type)) return Number(range[1]) + 1
      }
      return undefined
    },
    read(entry) {
      const dn = entry.dn.replaceAll('\0', String.raw`\00`)
      const row: { -readonly [K in keyof SyncEntry]: SyncEntry[K] } = {
        kind: isUsers ? 'user' : 'group',
        dn,
        key: names.keyOf(entry.dn),
      }
      const read: Record<string, readonly string[]> = {}
      const special = new Map<string, readonly Buffer[]>()
      for (const { type, values } of entry.attributes) {
        if (values.length === 0) continue
        const lower = type.toLowerCase()
        special.set(lower, values)
        for (const field of fieldsOf.get(lower) ?? []) {
          const kept = textsOf(values)
          if (kept.length > 0) read[field] = kept
        }
      }
      const id = special.get(idAttribute)?.[0]
      const text = id === undefined ? undefined : identifierText(id, plan.identifier.dataType)
      if (text !== undefined && text !== '') row.id = text.replaceAll('\0', '')
      // By name, so that an entry that did not change reads the same.
      row.fields = Object.fromEntries(Object.entries(read).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      if (rule.kind !== 'none' && isDisabledBy(rule, special.get(rule.attribute.toLowerCase())) === true)
        row.isDisabled = true
      if (isAd) addActiveDirectory(row, special)
      else if (special.has('pwdaccountlockedtime')) row.isLocked = true
      if (isUsers) return [row]
      return inParts(row, membersOf(entry))
    },
  }
}

/** A line is never cut, so a chunk is larger than it wants to be by up to one of them. */
const bytesPerPart = 300_000

/** The entry with its first members, and a line for each further part. */
export function inParts(row: SyncEntry, members: readonly string[], firstPart = 0): readonly SyncEntry[] {
  const lines: SyncEntry[] = []
  const { kind, id, dn, key } = row
  const further = { kind, ...(id === undefined ? {} : { id }), dn, key }
  for (let at = 0, part = firstPart; at < members.length || at === 0; part++) {
    const end = endOfPart(members, at)
    const some = members.slice(at, end)
    lines.push(part === 0 ? { ...row, members: some } : { ...further, members: some, part })
    if (end === at) break
    at = end
  }
  return lines
}

/** Behind the last member that goes on the line with the one at `from`. */
function endOfPart(members: readonly string[], from: number): number {
  const most = Math.min(members.length, from + membersPerPart)
  let bytes = 0
  let end = from
  while (end < most && bytes < bytesPerPart) bytes += Buffer.byteLength(members[end++] as string) + 3
  return end
}

function textsOf(values: readonly Buffer[]): readonly string[] {
  const first = values[0]
  if (values.length === 1 && first !== undefined) return first.length > maxValueBytes ? [] : [valueText(first)]
  const kept = values.filter((value) => value.length <= maxValueBytes).slice(0, maxValues)
  return kept.map(valueText).toSorted()
}

const loginReference = (value: Buffer) => value.toString('utf8').replaceAll('\0', '').toLowerCase()

function addActiveDirectory(
  row: { -readonly [K in keyof SyncEntry]: SyncEntry[K] },
  values: ReadonlyMap<string, readonly Buffer[]>,
): void {
  const text = (name: string) => values.get(name)?.[0]?.toString('latin1')
  const sidBytes = values.get('objectsid')?.[0]
  const sid = sidBytes === undefined ? undefined : sidText(sidBytes)
  if (sid !== undefined) row.sid = sid
  if (row.kind !== 'user') return
  const primary = text('primarygroupid')
  if (sid !== undefined && primary !== undefined && /^\d{1,10}$/.test(primary))
    row.primarySid = `${sid.slice(0, sid.lastIndexOf('-'))}-${primary}`
  const computed = text('msds-user-account-control-computed')
  const lockout = text('lockouttime')
  // The computed flag ends with the lock; where the server keeps it back, the time of the lock has to do.
  const isLocked =
    computed === undefined ? lockout !== undefined && lockout !== '0' : (Number(computed) & lockedBit) !== 0
  if (isLocked) row.isLocked = true
  if (text('pwdlastset') === '0') row.mustChangePassword = true
  const ends = text('accountexpires')
  if (ends === undefined || !/^\d{1,19}$/.test(ends)) return
  const ticks = BigInt(ends)
  if (ticks !== 0n && ticks !== neverEnds) row.expiresAt = Number(ticks / 10_000n - fileTimeOffsetMs)
}
