/**
 * Entries: from a server's attributes to our logical fields.
 *
 * @module
 */
import type { SearchEntry } from '@sallygate/protocol-ldap'
import type { DirectoryEntry } from '../contract.ts'
import type { EntryKind } from './condition-filter.ts'
import { isDisabledBy } from './disabled-rule.ts'
import { identifierText } from './identifier.ts'
import type { DirectoryPlan } from './plan.ts'

/** Which attributes to ask for, and where each goes. */
export interface Projection {
  readonly kind: EntryKind
  readonly attributes: readonly string[]
  read(entry: SearchEntry): DirectoryEntry
}

/** An attribute of which the server gave only a part: `member;range=0-1499` (MS-ADTS 3.1.1.3.1.3.3). */
export interface RangedAttribute {
  readonly attribute: string
  readonly field: string
  readonly nextIndex: number
}

/** Active Directory gives at most this many values at once, and no sign that there are more unless a range was asked for. */
export const rangeSize = 1500

export function projectEntries(
  plan: DirectoryPlan,
  kind: EntryKind,
  fields: readonly string[] | undefined,
): Projection {
  const mapping = Object.entries(kind === 'users' ? plan.mapping.user : plan.mapping.group)
  const wanted = fields === undefined ? mapping : mapping.filter(([field]) => fields.includes(field))
  const custom = kind === 'users' && fields === undefined ? Object.entries(plan.custom) : []
  const rule = kind === 'users' ? plan.disabledRule : { kind: 'none' as const }
  const attributes = [
    plan.identifier.attribute,
    ...(rule.kind === 'none' ? [] : [rule.attribute]),
    ...custom.map(([, attribute]) => attribute),
    ...wanted.map(([field, attribute]) =>
      plan.isActiveDirectory && field === 'member' ? rangeFrom(attribute, 0) : attribute,
    ),
  ]
  return {
    kind,
    attributes: [...new Set(attributes)],
    read(entry) {
      const values = new Map<string, readonly Buffer[]>()
      for (const { type, values: list } of entry.attributes) {
        if (list.length > 0) values.set(baseType(type), list)
      }
      const id = values.get(plan.identifier.attribute.toLowerCase())?.[0]
      const isDisabled = rule.kind === 'none' ? undefined : isDisabledBy(rule, values.get(rule.attribute.toLowerCase()))
      const read: Record<string, string[]> = {}
      for (const [field, attribute] of wanted) {
        const found = values.get(attribute.toLowerCase())
        if (found !== undefined) read[field] = found.map(valueText)
      }
      const own = custom.flatMap(([name, attribute]) => {
        const found = values.get(attribute.toLowerCase())
        return found === undefined ? [] : [[name, found.map(valueText)] as const]
      })
      const idText = id === undefined ? undefined : identifierText(id, plan.identifier.dataType)
      return {
        dn: entry.dn,
        ...(idText === undefined ? {} : { id: idText }),
        kind: kind === 'users' ? 'user' : 'group',
        ...(isDisabled === undefined ? {} : { isEnabled: !isDisabled }),
        fields: read,
        ...(own.length === 0 ? {} : { custom: Object.fromEntries(own) }),
      }
    },
  }
}

/** Values the server kept back, by the mapped fields they belong to. */
export function rangedAttributes(plan: DirectoryPlan, kind: EntryKind, entry: SearchEntry): readonly RangedAttribute[] {
  const mapping = Object.entries(kind === 'users' ? plan.mapping.user : plan.mapping.group)
  return entry.attributes.flatMap(({ type }) => {
    const range = /^([^;]+);range=\d{1,9}-(\d{1,9})$/i.exec(type)
    if (range === null) return []
    const attribute = range[1] as string
    const field = mapping.find(([, name]) => name.toLowerCase() === attribute.toLowerCase())?.[0]
    return field === undefined ? [] : [{ attribute, field, nextIndex: Number(range[2]) + 1 }]
  })
}

export const rangeFrom = (attribute: string, from: number) => `${attribute};range=${from}-${from + rangeSize - 1}`

/** An empty `member` may stand beside `member;range=0-1499`; the one with values is meant. */
function baseType(type: string): string {
  const semicolon = type.indexOf(';range=')
  return (semicolon < 0 ? type : type.slice(0, semicolon)).toLowerCase()
}

/** Text where the bytes are text, base64 where they are not: mapped attributes can be pictures or keys. */
export function valueText(value: Buffer): string {
  const text = value.toString('utf8')
  return text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(value) ? value.toString('base64') : text
}
