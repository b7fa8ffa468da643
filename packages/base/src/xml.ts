/**
 * XML from strangers: the part of XML 1.0 that data needs, read strictly and bounded.
 *
 * Elements, attributes, text, CDATA and the five named entities. A document type is
 * refused as soon as it is seen, so there are no entities to expand and no files to
 * fetch. Tags must match, there is one root, and what XML 1.0 forbids is not let in.
 * What the elements mean is the caller's business; namespaces stay as they are written.
 *
 * @module
 */
import { decodeUtf8, type Bytes } from './bytes.ts'
import { baseFailure } from './failures.ts'
import type { Failure } from './failure.ts'

export interface XmlElement {
  /** As written, prefix and all. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The element's own text without its children's, white space at both ends removed. */
  readonly text: string
}

export interface XmlLimits {
  readonly maxCharacters: number
  readonly maxDepth: number
  readonly maxElements: number
}

/** Enough for the largest honest inventory or device list. */
export const xmlLimits: XmlLimits = { maxCharacters: 32 * 1024 * 1024, maxDepth: 32, maxElements: 500_000 }

interface OpenElement {
  readonly name: string
  readonly attributes: Map<string, string>
  readonly children: XmlElement[]
  text: string
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
// oxlint-disable-next-line no-control-regex -- the characters XML 1.0 section 2.2 has no place for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/
const tagPattern =
  /([\p{L}_:][\p{L}\p{N}_:.-]*)((?:\s+[\p{L}_:][\p{L}\p{N}_:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/uy
const attributePattern = /([\p{L}_:][\p{L}\p{N}_:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gu

/**
 * Reads one document.
 *
 * @throws BASE_MALFORMED for anything that is not well-formed or has a document type;
 * BASE_TOO_LARGE beyond the limits, before the rest is read.
 */
export function readXml(text: string, limits: XmlLimits = xmlLimits): XmlElement {
  if (text.length > limits.maxCharacters) throw tooLarge('characters', limits.maxCharacters)
  if (forbidden.test(text)) throw malformed('characters that XML allows', text, 0)
  return new Reader(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, limits).document()
}

/**
 * Bytes to text by the document's own declaration: UTF-8, or the Latin-1 that older agents write.
 *
 * @throws BASE_MALFORMED for other encodings and for broken UTF-8.
 */
export function decodeXml(bytes: Bytes): string {
  const head = Buffer.from(bytes.subarray(0, 120)).toString('latin1')
  const declared = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]
  const encoding = (declared ?? 'utf-8').toLowerCase()
  if (encoding === 'utf-8' || encoding === 'utf8' || encoding === 'us-ascii') return decodeUtf8(bytes)
  if (encoding === 'iso-8859-1' || encoding === 'latin1') return Buffer.from(bytes).toString('latin1')
  throw baseFailure('MALFORMED', { details: { expected: 'XML in UTF-8' } })
}

/** Text made fit to stand in an element or attribute; what XML 1.0 cannot hold is left out. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(new RegExp(forbidden, 'g'), '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

class Reader {
  readonly #text: string
  readonly #limits: XmlLimits
  readonly #open: OpenElement[] = []
  #root: XmlElement | undefined
  #elements = 0
  #at = 0

  constructor(text: string, limits: XmlLimits) {
    this.#text = text
    this.#limits = limits
  }

  document(): XmlElement {
    const text = this.#text
    while (this.#at < text.length) {
      const next = text.indexOf('<', this.#at)
      this.#addText(next === -1 ? text.slice(this.#at) : text.slice(this.#at, next))
      if (next === -1) break
      this.#at = next + 1
      this.#markup()
    }
    if (this.#root === undefined || this.#open.length > 0) throw this.#malformed('a closing tag for every element')
    return this.#root
  }

  #markup(): void {
    const text = this.#text
    if (text.startsWith('!--', this.#at)) this.#at = this.#after('-->')
    else if (text.startsWith('![CDATA[', this.#at)) {
      const from = this.#at + 8
      this.#at = this.#after(']]>')
      this.#appendText(text.slice(from, this.#at - 3))
    } else if (text.startsWith('?', this.#at)) this.#at = this.#after('?>')
    else if (text.startsWith('!', this.#at)) throw this.#malformed('no document type and no entities')
    else if (text.startsWith('/', this.#at)) this.#close()
    else this.#openTag()
  }

  #after(end: string): number {
    const found = this.#text.indexOf(end, this.#at)
    if (found === -1) throw this.#malformed(`${end}`)
    return found + end.length
  }

  #openTag(): void {
    tagPattern.lastIndex = this.#at
    const match = tagPattern.exec(this.#text)
    if (match === null || (this.#open.length === 0 && this.#root !== undefined))
      throw this.#malformed('one root of elements')
    this.#at = tagPattern.lastIndex
    if (++this.#elements > this.#limits.maxElements) throw tooLarge('elements', this.#limits.maxElements)
    if (this.#open.length >= this.#limits.maxDepth) throw tooLarge('depth', this.#limits.maxDepth)
    const [, name = '', attributes = '', closed] = match
    this.#open.push({ name, attributes: this.#attributes(attributes), children: [], text: '' })
    if (closed === '/') this.#finish()
  }

  #attributes(source: string): Map<string, string> {
    const found = new Map<string, string>()
    if (source === '') return found
    for (const [, name = '', double, single] of source.matchAll(attributePattern)) {
      if (found.has(name)) throw this.#malformed('each attribute once')
      found.set(name, this.#unescape(double ?? single ?? ''))
    }
    return found
  }

  #close(): void {
    const end = this.#after('>')
    const name = this.#text.slice(this.#at + 1, end - 1).trimEnd()
    this.#at = end
    if (this.#open.at(-1)?.name !== name) throw this.#malformed('a closing tag for the element that is open')
    this.#finish()
  }

  #finish(): void {
    const done = this.#open.pop()
    if (done === undefined) return
    const element = { ...done, text: done.text.trim() }
    const parent = this.#open.at(-1)
    if (parent === undefined) this.#root = element
    else parent.children.push(element)
  }

  #addText(raw: string): void {
    if (raw !== '') this.#appendText(this.#unescape(raw))
  }

  #appendText(text: string): void {
    const current = this.#open.at(-1)
    if (current !== undefined) current.text += text
    else if (text.trim() !== '') throw this.#malformed('no text outside the root')
  }

  #unescape(raw: string): string {
    if (!raw.includes('&')) return raw
    return raw.replace(/&(#x?[0-9a-fA-F]{1,8}|[A-Za-z]{1,8})?(;)?/g, (_, name: string | undefined, end?: string) => {
      const value = name === undefined || end === undefined ? undefined : (entities[name] ?? numbered(name))
      if (value === undefined) throw this.#malformed('a character reference or one of the five named entities')
      return value
    })
  }

  #malformed(expected: string): Failure {
    return malformed(expected, this.#text, this.#at)
  }
}

function numbered(name: string): string | undefined {
  const digits = /^#(x)?([0-9a-fA-F]+)$/.exec(name)
  if (digits === null) return undefined
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[2] ?? '', 16)
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return undefined
  const text = String.fromCodePoint(code)
  return forbidden.test(text) ? undefined : text
}

function malformed(expected: string, text: string, at: number): Failure {
  const line = text.slice(0, at).split('\n').length
  return baseFailure('MALFORMED', { details: { expected: `well-formed XML: ${expected}`, line } })
}

function tooLarge(limit: string, most: number): Failure {
  return baseFailure('TOO_LARGE', { details: { limit, most } })
}
