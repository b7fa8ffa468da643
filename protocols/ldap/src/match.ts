/**
 * Matching a filter against an entry, in three values (RFC 4511 4.5.1.7): what an entry
 * has no word on is *undefined*, and "not undefined" is undefined again.
 *
 * @module
 */
import { foldValue, nameKey, parseName } from './dn.ts'
import type { Filter } from './filter.ts'
import type { TreeEntry } from './tree.ts'

/** Bitwise AND, which Active Directory made known. */
const bitAndRule = '1.2.840.113556.1.4.803'

export function matches(entry: TreeEntry, filter: Filter): boolean {
  return evaluate(entry, filter) === true
}

function evaluate(entry: TreeEntry, filter: Filter): boolean | undefined {
  switch (filter.kind) {
    case 'and': {
      const results = filter.filters.map((inner) => evaluate(entry, inner))
      return results.includes(false) ? false : results.includes(undefined) ? undefined : true
    }
    case 'or': {
      const results = filter.filters.map((inner) => evaluate(entry, inner))
      return results.includes(true) ? true : results.includes(undefined) ? undefined : false
    }
    case 'not': {
      const result = evaluate(entry, filter.filter)
      return result === undefined ? undefined : !result
    }
    case 'present':
      return valuesOf(entry, filter.attribute) !== undefined
    case 'equal':
    case 'approximate':
      return some(entry, filter.attribute, (value) => isEqual(value, filter.value))
    case 'greaterOrEqual':
      return some(entry, filter.attribute, (value) => compare(value, filter.value) >= 0)
    case 'lessOrEqual':
      return some(entry, filter.attribute, (value) => compare(value, filter.value) <= 0)
    case 'substrings':
      return some(entry, filter.attribute, (value) => hasParts(value, filter))
    case 'extensible': {
      if (filter.attribute === undefined) return undefined
      if (filter.rule === undefined) return some(entry, filter.attribute, (value) => isEqual(value, filter.value))
      if (filter.rule !== bitAndRule) return undefined
      const bits = Number(textOf(filter.value))
      return some(entry, filter.attribute, (value) => (Number(textOf(value)) & bits) === bits)
    }
  }
}

function valuesOf(entry: TreeEntry, attribute: string): readonly Uint8Array[] | undefined {
  return entry.attributes.find(({ type }) => type.toLowerCase() === attribute.toLowerCase())?.values
}

function some(entry: TreeEntry, attribute: string, test: (value: Uint8Array) => boolean): boolean | undefined {
  return valuesOf(entry, attribute)?.some(test)
}

const textOf = (value: Uint8Array) => Buffer.from(value).toString('utf8')
const foldedText = (value: Uint8Array) => foldValue(textOf(value))

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.from(a).equals(b)) return true
  const [left, right] = [textOf(a), textOf(b)]
  if (left.includes('\ufffd') || right.includes('\ufffd')) return false
  if (foldValue(left) === foldValue(right)) return true
  return left.includes('=') && right.includes('=') && isSameName(left, right)
}

function isSameName(a: string, b: string): boolean {
  try {
    return nameKey(parseName(a)) === nameKey(parseName(b))
  } catch {
    return false
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const [left, right] = [foldedText(a), foldedText(b)]
  const isNumeric = /^-?\d+$/.test(left) && /^-?\d+$/.test(right)
  if (isNumeric) return Number(BigInt(left) - BigInt(right))
  return left < right ? -1 : left === right ? 0 : 1
}

function hasParts(value: Uint8Array, filter: Extract<Filter, { kind: 'substrings' }>): boolean {
  // Spaces at the edges of a part count here, so only case is folded.
  const fold = (part: Uint8Array) => textOf(part).normalize('NFKC').toLowerCase()
  let rest = fold(value)
  if (filter.initial !== undefined) {
    const initial = fold(filter.initial)
    if (!rest.startsWith(initial)) return false
    rest = rest.slice(initial.length)
  }
  for (const part of filter.any.map(fold)) {
    const at = rest.indexOf(part)
    if (at < 0) return false
    rest = rest.slice(at + part.length)
  }
  return filter.final === undefined || rest.endsWith(fold(filter.final))
}
