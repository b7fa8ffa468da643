/**
 * Filters as text (RFC 4515). For settings that an administrator writes, and for
 * showing; what a caller gives never passes through here.
 *
 * @module
 */
import { ldapFailure } from './failures.ts'
import { utf8 } from './ber.ts'
import type { Filter } from './filter.ts'

const maxDepth = 32
const attributePattern = /^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+)(;[A-Za-z0-9-]+)*$/
const rulePattern = /^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+)$/

/** @throws LDAP_FILTER_INVALID with the position. */
export function parseFilter(text: string): Filter {
  const parser = new FilterParser(text)
  const filter = parser.filter(0)
  parser.expectEnd()
  return filter
}

class FilterParser {
  readonly #text: string
  #at = 0
  constructor(text: string) {
    this.#text = text
  }

  filter(depth: number): Filter {
    if (depth > maxDepth) throw this.#invalid('nested too deep')
    this.#expect('(')
    const filter = this.#inside(depth)
    this.#expect(')')
    return filter
  }

  expectEnd(): void {
    if (this.#at !== this.#text.length) throw this.#invalid('something after the end')
  }

  #inside(depth: number): Filter {
    const first = this.#text[this.#at]
    if (first === '&' || first === '|') {
      this.#at++
      const filters: Filter[] = []
      while (this.#text[this.#at] === '(') filters.push(this.filter(depth + 1))
      return { kind: first === '&' ? 'and' : 'or', filters }
    }
    if (first === '!') {
      this.#at++
      return { kind: 'not', filter: this.filter(depth + 1) }
    }
    return this.#item()
  }

  #item(): Filter {
    const end = this.#text.indexOf('=', this.#at)
    const close = this.#text.indexOf(')', this.#at)
    if (end < 0 || (close >= 0 && close < end)) throw this.#invalid('no = in a comparison')
    const left = this.#text.slice(this.#at, end)
    const operator = left.at(-1)
    this.#at = end + 1
    if (operator === ':') return this.#extensible(left.slice(0, -1))
    if (operator === '>') return this.#comparison('greaterOrEqual', left.slice(0, -1))
    if (operator === '<') return this.#comparison('lessOrEqual', left.slice(0, -1))
    if (operator === '~') return this.#comparison('approximate', left.slice(0, -1))
    const attribute = this.#attribute(left)
    const parts = this.#value().split('*')
    const only = parts[0] ?? ''
    if (parts.length === 1) return { kind: 'equal', attribute, value: this.#unescape(only) }
    if (parts.length === 2 && only === '' && parts[1] === '') return { kind: 'present', attribute }
    const [initial, final] = [only, parts.at(-1) ?? '']
    const any = parts.slice(1, -1)
    if (any.includes('')) throw this.#invalid('two * in a row')
    return {
      kind: 'substrings',
      attribute,
      ...(initial === '' ? {} : { initial: this.#unescape(initial) }),
      any: any.map((part) => this.#unescape(part)),
      ...(final === '' ? {} : { final: this.#unescape(final) }),
    }
  }

  #comparison(kind: 'greaterOrEqual' | 'lessOrEqual' | 'approximate', left: string): Filter {
    return { kind, attribute: this.#attribute(left), value: this.#literal() }
  }

  /** `attr[:dn][:rule]` or `[:dn]:rule` */
  #extensible(left: string): Filter {
    const [name = '', ...rest] = left.split(':')
    const dnAttributes = rest[0]?.toLowerCase() === 'dn'
    if (dnAttributes) rest.shift()
    const rule = rest.shift()
    const isRuleWrong = rule !== undefined && !rulePattern.test(rule)
    if (rest.length > 0 || isRuleWrong || (name === '' && rule === undefined)) throw this.#invalid('a matching rule')
    return {
      kind: 'extensible',
      ...(rule === undefined ? {} : { rule }),
      ...(name === '' ? {} : { attribute: this.#attribute(name) }),
      value: this.#literal(),
      dnAttributes,
    }
  }

  #attribute(name: string): string {
    if (!attributePattern.test(name)) throw this.#invalid('the name of an attribute')
    return name
  }

  #literal(): Buffer {
    const value = this.#value()
    if (value.includes('*')) throw this.#invalid('* where no pattern is allowed')
    return this.#unescape(value)
  }

  #value(): string {
    const end = this.#text.indexOf(')', this.#at)
    if (end < 0) throw this.#invalid('no closing parenthesis')
    const value = this.#text.slice(this.#at, end)
    if (value.includes('(') || value.includes('\0')) throw this.#invalid('a character that has to be escaped')
    this.#at = end
    return value
  }

  #unescape(value: string): Buffer {
    if (!value.includes('\\')) return utf8(value)
    const pieces = value.split('\\')
    const parts = [utf8(pieces[0] ?? '')]
    for (const piece of pieces.slice(1)) {
      if (!/^[0-9A-Fa-f]{2}/.test(piece)) throw this.#invalid('\\ that two hexadecimal digits do not follow')
      parts.push(Buffer.from(piece.slice(0, 2), 'hex'), utf8(piece.slice(2)))
    }
    return Buffer.concat(parts)
  }

  #expect(char: string): void {
    if (this.#text[this.#at] !== char) throw this.#invalid(`no ${char}`)
    this.#at++
  }

  #invalid(why: string) {
    return ldapFailure('FILTER_INVALID', { details: { why, at: this.#at } })
  }
}

/** One spelling that `parseFilter` reads back to the same nodes. For people; never for the wire. */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return `(&${filter.filters.map(formatFilter).join('')})`
    case 'or':
      return `(|${filter.filters.map(formatFilter).join('')})`
    case 'not':
      return `(!${formatFilter(filter.filter)})`
    case 'equal':
      return `(${filter.attribute}=${escapeFilterValue(filter.value)})`
    case 'greaterOrEqual':
      return `(${filter.attribute}>=${escapeFilterValue(filter.value)})`
    case 'lessOrEqual':
      return `(${filter.attribute}<=${escapeFilterValue(filter.value)})`
    case 'approximate':
      return `(${filter.attribute}~=${escapeFilterValue(filter.value)})`
    case 'substrings': {
      const edge = (part: Uint8Array | undefined) => (part === undefined ? '' : escapeFilterValue(part))
      const parts = [edge(filter.initial), ...filter.any.map((part) => escapeFilterValue(part)), edge(filter.final)]
      return `(${filter.attribute}=${parts.join('*')})`
    }
    case 'present':
      return `(${filter.attribute}=*)`
    case 'extensible': {
      const dn = filter.dnAttributes ? ':dn' : ''
      const rule = filter.rule === undefined ? '' : `:${filter.rule}`
      return `(${filter.attribute ?? ''}${dn}${rule}:=${escapeFilterValue(filter.value)})`
    }
  }
}

/** Escapes every byte that has a meaning in a filter, and every one outside printable ASCII. */
export function escapeFilterValue(value: Uint8Array | string): string {
  const bytes = typeof value === 'string' ? utf8(value) : value
  let text = ''
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x28 && byte !== 0x29 && byte !== 0x2a && byte !== 0x5c
    text += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`
  }
  return text
}
