/**
 * Filters: typed nodes, and their bytes.
 *
 * A value in a node is bytes and stays bytes. No text is ever pasted into a filter,
 * so nothing a person types can become part of its structure.
 *
 * @module
 */
import { berBoolean, berElement, berOctets, utf8, type BerReader } from './ber.ts'
import { malformed } from './failures.ts'

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | {
      readonly kind: 'equal' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate'
      readonly attribute: string
      readonly value: Uint8Array
    }
  | {
      readonly kind: 'substrings'
      readonly attribute: string
      readonly initial?: Uint8Array
      readonly any: readonly Uint8Array[]
      readonly final?: Uint8Array
    }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'extensible'
      readonly rule?: string
      readonly attribute?: string
      readonly value: Uint8Array
      readonly dnAttributes: boolean
    }

const asBytes = (value: Uint8Array | string) => (typeof value === 'string' ? utf8(value) : value)

export const allOf = (...filters: readonly Filter[]): Filter => ({ kind: 'and', filters })
export const anyOf = (...filters: readonly Filter[]): Filter => ({ kind: 'or', filters })
export const not = (filter: Filter): Filter => ({ kind: 'not', filter })
export const present = (attribute: string): Filter => ({ kind: 'present', attribute })
export const equal = (attribute: string, value: Uint8Array | string): Filter => ({
  kind: 'equal',
  attribute,
  value: asBytes(value),
})
export const startsWith = (attribute: string, value: Uint8Array | string): Filter => ({
  kind: 'substrings',
  attribute,
  initial: asBytes(value),
  any: [],
})
export const contains = (attribute: string, value: Uint8Array | string): Filter => ({
  kind: 'substrings',
  attribute,
  any: [asBytes(value)],
})
export const endsWith = (attribute: string, value: Uint8Array | string): Filter => ({
  kind: 'substrings',
  attribute,
  any: [],
  final: asBytes(value),
})

const comparisons = { equal: 0xa3, greaterOrEqual: 0xa5, lessOrEqual: 0xa6, approximate: 0xa8 } as const
const comparisonOf = new Map<number, keyof typeof comparisons>(
  Object.entries(comparisons).map(([kind, tag]) => [tag, kind as keyof typeof comparisons]),
)

export function encodeFilter(filter: Filter): Buffer {
  switch (filter.kind) {
    case 'and':
      return berElement(0xa0, ...filter.filters.map(encodeFilter))
    case 'or':
      return berElement(0xa1, ...filter.filters.map(encodeFilter))
    case 'not':
      return berElement(0xa2, encodeFilter(filter.filter))
    case 'equal':
    case 'greaterOrEqual':
    case 'lessOrEqual':
    case 'approximate':
      return berElement(comparisons[filter.kind], berOctets(filter.attribute), berOctets(filter.value))
    case 'substrings': {
      const parts = [
        ...(filter.initial === undefined ? [] : [berOctets(filter.initial, 0x80)]),
        ...filter.any.map((part) => berOctets(part, 0x81)),
        ...(filter.final === undefined ? [] : [berOctets(filter.final, 0x82)]),
      ]
      return berElement(0xa4, berOctets(filter.attribute), berElement(0x30, ...parts))
    }
    case 'present':
      return berOctets(filter.attribute, 0x87)
    case 'extensible':
      return berElement(
        0xa9,
        ...(filter.rule === undefined ? [] : [berOctets(filter.rule, 0x81)]),
        ...(filter.attribute === undefined ? [] : [berOctets(filter.attribute, 0x82)]),
        berOctets(filter.value, 0x83),
        // DEFAULT FALSE is left out (RFC 4511 5.1).
        ...(filter.dnAttributes ? [berBoolean(true, 0x84)] : []),
      )
  }
}

/** @throws LDAP_MALFORMED, also for a filter deeper than the reader allows. */
export function decodeFilter(reader: BerReader): Filter {
  const tag = reader.peek()
  if (tag === undefined) throw malformed('a filter is missing')
  const comparison = comparisonOf.get(tag)
  if (comparison !== undefined) {
    const inner = reader.enter(tag)
    const filter: Filter = { kind: comparison, attribute: inner.text(), value: inner.octets() }
    inner.end()
    return filter
  }
  switch (tag) {
    case 0xa0:
    case 0xa1: {
      const inner = reader.enter(tag)
      const filters: Filter[] = []
      while (!inner.isDone) filters.push(decodeFilter(inner))
      return { kind: tag === 0xa0 ? 'and' : 'or', filters }
    }
    case 0xa2: {
      const inner = reader.enter(tag)
      const filter = decodeFilter(inner)
      inner.end()
      return { kind: 'not', filter }
    }
    case 0xa4:
      return decodeSubstrings(reader.enter(tag))
    case 0x87:
      return present(reader.text(tag))
    case 0xa9:
      return decodeExtensible(reader.enter(tag))
    default:
      throw malformed(`a filter of unknown kind 0x${tag.toString(16)}`)
  }
}

function decodeSubstrings(reader: BerReader): Filter {
  const attribute = reader.text()
  const parts = reader.enter()
  reader.end()
  const initial = parts.peek() === 0x80 ? parts.octets(0x80) : undefined
  const any: Buffer[] = []
  while (parts.peek() === 0x81) any.push(parts.octets(0x81))
  const final = parts.peek() === 0x82 ? parts.octets(0x82) : undefined
  parts.end()
  if (initial === undefined && any.length === 0 && final === undefined)
    throw malformed('a substring filter without parts')
  return {
    kind: 'substrings',
    attribute,
    ...(initial === undefined ? {} : { initial }),
    any,
    ...(final === undefined ? {} : { final }),
  }
}

function decodeExtensible(reader: BerReader): Filter {
  const rule = reader.peek() === 0x81 ? reader.text(0x81) : undefined
  const attribute = reader.peek() === 0x82 ? reader.text(0x82) : undefined
  const value = reader.octets(0x83)
  const dnAttributes = reader.peek() === 0x84 ? reader.boolean(0x84) : false
  reader.end()
  if (rule === undefined && attribute === undefined) throw malformed('an extensible match without rule and attribute')
  return {
    kind: 'extensible',
    ...(rule === undefined ? {} : { rule }),
    ...(attribute === undefined ? {} : { attribute }),
    value,
    dnAttributes,
  }
}
