/**
 * Distinguished names (RFC 4514): parsed, written, compared.
 *
 * Comparing is for deciding whether an entry lies below a base. It folds case and
 * spaces in every value, as nearly all naming attributes do.
 *
 * @module
 */
import { utf8 } from './ber.ts'
import { ldapFailure } from './failures.ts'

/** A value is text, or the bytes of a `#hex` form that says nothing about what they mean. */
export type NameValue = string | { readonly ber: Uint8Array }

export interface NamePart {
  readonly type: string
  readonly value: NameValue
}

/** From the leaf upwards, as written. Each has one part, rarely more (`OU=Sales+CN=J. Smith`). */
export type RelativeName = readonly NamePart[]
export type DistinguishedName = readonly RelativeName[]

const typePattern = /^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+)$/
/** Characters that may follow a backslash as themselves. */
const escapable = new Set(' "#+,;<=>\\')
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Unescaped spaces around separators are allowed, as administrators write them. @throws LDAP_NAME_INVALID. */
export function parseName(text: string): DistinguishedName {
  if (text.trim() === '') return []
  const names: NamePart[][] = [[]]
  let at = 0
  for (;;) {
    const equals = text.indexOf('=', at)
    if (equals < 0) throw invalid('a part without =')
    const type = text.slice(at, equals).trim()
    if (!typePattern.test(type)) throw invalid('the type of a part')
    const read = readValue(text, equals + 1)
    names.at(-1)?.push({ type, value: read.value })
    const separator = text[read.end]
    if (separator === undefined) return names
    at = read.end + 1
    if (separator !== '+') names.push([])
  }
}

function readValue(text: string, start: number): { value: NameValue; end: number } {
  let at = start
  while (text[at] === ' ') at++
  if (text[at] === '#') {
    const digits = /^#((?:[0-9A-Fa-f]{2})+) *(?=$|[,+])/.exec(text.slice(at))
    if (digits === null) throw invalid('hexadecimal digits after #')
    return { value: { ber: Buffer.from(digits[1] ?? '', 'hex') }, end: at + digits[0].length }
  }
  const parts: Buffer[] = []
  let plain = ''
  let spaces = ''
  for (; at < text.length && text[at] !== ',' && text[at] !== '+'; at++) {
    const char = text[at] as string
    if (char === ' ') {
      spaces += char
      continue
    }
    plain += spaces
    spaces = ''
    if (char === '\\') {
      const pair = text.slice(at + 1, at + 3)
      if (/^[0-9A-Fa-f]{2}$/.test(pair)) {
        parts.push(utf8(plain), Buffer.from(pair, 'hex'))
        plain = ''
        at += 2
      } else if (escapable.has(pair[0] ?? '')) {
        plain += pair[0]
        at++
      } else throw invalid('a backslash')
    } else if ('";<>\0'.includes(char)) throw invalid('a character that has to be escaped')
    else plain += char
  }
  parts.push(utf8(plain))
  try {
    return { value: utf8Decoder.decode(Buffer.concat(parts)), end: at }
  } catch {
    throw invalid('escapes that are not UTF-8')
  }
}

const invalid = (why: string) => ldapFailure('NAME_INVALID', { details: { why } })

export function formatName(name: DistinguishedName): string {
  return name
    .map((relative) =>
      relative
        .map(
          ({ type, value }) =>
            `${type}=${typeof value === 'string' ? escapeNameValue(value) : `#${Buffer.from(value.ber).toString('hex')}`}`,
        )
        .join('+'),
    )
    .join(',')
}

/** One value, so that it stays one value. */
export function escapeNameValue(value: string): string {
  const escaped = utf8(value)
    .toString('utf8')
    .replaceAll(/["+,;<=>\\]/g, (char) => `\\${char}`)
    // Nothing in RFC 4514 asks to escape controls but NUL; written as they are they vanish in logs and on screens.
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\0-\x1f\x7f]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/ $/, '\\ ')
  return escaped.startsWith(' ') || escaped.startsWith('#') ? `\\${escaped}` : escaped
}

/** Two names of one entry have one key. */
export function nameKey(name: DistinguishedName): string {
  return name.map(relativeKey).join(',')
}

/** True for the base itself and everything below. The empty base holds everything. */
export function isWithin(name: DistinguishedName, base: DistinguishedName): boolean {
  if (base.length > name.length) return false
  const tail = name.slice(name.length - base.length)
  return tail.every((relative, index) => relativeKey(relative) === relativeKey(base[index] ?? []))
}

function relativeKey(relative: RelativeName): string {
  return relative
    .map(({ type, value }) => {
      const folded = typeof value === 'string' ? escapeNameValue(foldValue(value)) : `#${hexOf(value.ber)}`
      return `${type.toLowerCase()}=${folded}`
    })
    .toSorted()
    .join('+')
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Case and runs of spaces make no difference (caseIgnoreMatch, RFC 4517). */
export function foldValue(value: string): string {
  return value.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/g, ' ')
}
