/**
 * Bytes to LDAP messages (RFC 4511 4).
 *
 * @module
 */
import { BerReader, tags, type BerBounds } from './ber.ts'
import type { Control } from './controls.ts'
import { ldapFailure, malformed } from './failures.ts'
import { decodeFilter } from './filter.ts'
import {
  maxMessageId,
  searchScopes,
  type AttributeValues,
  type LdapMessage,
  type LdapOperation,
  type LdapResult,
} from './message.ts'
import { controlsTag, operationTags } from './message-tags.ts'

/** @throws LDAP_MALFORMED, LDAP_TOO_LARGE. */
export function decodeMessage(bytes: Uint8Array, bounds?: BerBounds): LdapMessage {
  const outer = new BerReader(bytes, bounds)
  const reader = outer.enter()
  outer.end()
  const id = reader.integer()
  if (id < 0 || id > maxMessageId) throw malformed('a message id below zero')
  const operation = decodeOperation(reader)
  const controls: Control[] = []
  if (reader.peek() === controlsTag) {
    const list = reader.enter(controlsTag)
    while (!list.isDone) controls.push(decodeControl(list.enter()))
  }
  reader.end()
  return { id, operation, controls }
}

function decodeControl(reader: BerReader): Control {
  const oid = reader.text()
  if (oid === '') throw malformed('a control without a name')
  const isCritical = reader.peek() === tags.boolean ? reader.boolean() : false
  const value = reader.peek() === tags.octets ? reader.octets() : undefined
  reader.end()
  return { oid, isCritical, ...(value === undefined ? {} : { value }) }
}

function decodeOperation(reader: BerReader): LdapOperation {
  const tag = reader.peek()
  switch (tag) {
    case operationTags.bindRequest:
      return decodeBindRequest(reader.enter(tag))
    case operationTags.bindResponse: {
      const inner = reader.enter(tag)
      const result = decodeResult(inner)
      const serverCredentials = inner.peek() === 0x87 ? inner.octets(0x87) : undefined
      inner.end()
      return { kind: 'bindResponse', result, ...(serverCredentials === undefined ? {} : { serverCredentials }) }
    }
    case operationTags.unbindRequest:
      reader.octets(tag)
      return { kind: 'unbindRequest' }
    case operationTags.searchRequest:
      return decodeSearchRequest(reader.enter(tag))
    case operationTags.searchEntry:
      return decodeSearchEntry(reader.enter(tag))
    case operationTags.searchReference: {
      const uris = decodeUris(reader.enter(tag))
      return { kind: 'searchReference', uris }
    }
    case operationTags.searchDone: {
      const inner = reader.enter(tag)
      const result = decodeResult(inner)
      inner.end()
      return { kind: 'searchDone', result }
    }
    case operationTags.abandonRequest:
      return { kind: 'abandonRequest', target: reader.integer(tag) }
    case operationTags.extendedRequest: {
      const inner = reader.enter(tag)
      const oid = inner.text(0x80)
      const value = inner.peek() === 0x81 ? inner.octets(0x81) : undefined
      inner.end()
      if (oid === '') throw malformed('an extended request without a name')
      return { kind: 'extendedRequest', oid, ...(value === undefined ? {} : { value }) }
    }
    case operationTags.extendedResponse: {
      const inner = reader.enter(tag)
      const result = decodeResult(inner)
      const oid = inner.peek() === 0x8a ? inner.text(0x8a) : undefined
      const value = inner.peek() === 0x8b ? inner.octets(0x8b) : undefined
      inner.end()
      return {
        kind: 'extendedResponse',
        result,
        ...(oid === undefined ? {} : { oid }),
        ...(value === undefined ? {} : { value }),
      }
    }
    case operationTags.intermediateResponse:
      reader.octets(tag)
      return { kind: 'intermediateResponse' }
    case undefined:
      throw malformed('a message without an operation')
    default:
      reader.octets(tag)
      return { kind: 'other', tag }
  }
}

function decodeBindRequest(reader: BerReader): LdapOperation {
  const version = reader.integer()
  const name = reader.text()
  if (reader.peek() === 0x80) {
    const password = reader.octets(0x80)
    reader.end()
    return { kind: 'bindRequest', version, name, credentials: { kind: 'simple', password } }
  }
  const sasl = reader.enter(0xa3)
  const mechanism = sasl.text()
  const data = sasl.peek() === tags.octets ? sasl.octets() : undefined
  sasl.end()
  reader.end()
  const credentials = { kind: 'sasl', mechanism, ...(data === undefined ? {} : { data }) } as const
  return { kind: 'bindRequest', version, name, credentials }
}

function decodeSearchRequest(reader: BerReader): LdapOperation {
  const base = reader.text()
  const scope = searchScopes[reader.integer(tags.enumerated)]
  if (scope === undefined) throw malformed('an unknown search scope')
  reader.integer(tags.enumerated)
  const sizeLimit = reader.integer()
  const timeLimitSeconds = reader.integer()
  const typesOnly = reader.boolean()
  const filter = decodeFilter(reader)
  const list = reader.enter()
  reader.end()
  const attributes: string[] = []
  while (!list.isDone) attributes.push(list.text())
  return { kind: 'searchRequest', base, scope, sizeLimit, timeLimitSeconds, typesOnly, filter, attributes }
}

/** One of more values than anybody keeps has its name and nothing else: the message is whole, so that others can follow. */
function decodeSearchEntry(reader: BerReader): LdapOperation {
  const dn = reader.text()
  const list = reader.enter()
  reader.end()
  try {
    return { kind: 'searchEntry', dn, attributes: decodeAttributes(list) }
  } catch (error) {
    if (!ldapFailure.is(error) || error.code !== 'LDAP_TOO_LARGE') throw error
    return { kind: 'searchEntry', dn, attributes: [], isTooLarge: true }
  }
}

/**
 * The entry that a message began with of which only the beginning is there.
 *
 * @returns `undefined` where it began with something else. @throws LDAP_MALFORMED.
 */
export function decodeCutEntry(bytes: Uint8Array): LdapMessage | undefined {
  const reader = new CutReader(bytes)
  if (!reader.enter(tags.sequence)) return undefined
  const id = reader.value(tags.integer)
  if (id === undefined || id.length > 4 || !reader.enter(operationTags.searchEntry)) return undefined
  const dn = reader.value(tags.octets)?.toString('utf8')
  if (dn === undefined) return undefined
  return {
    id: id.readIntBE(0, id.length),
    operation: { kind: 'searchEntry', dn, attributes: [], isTooLarge: true },
    controls: [],
  }
}

/** Reads on where the end of an element is not there. */
class CutReader {
  #left: Buffer

  constructor(bytes: Uint8Array) {
    this.#left = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Steps behind the tag and the length. */
  enter(tag: number): boolean {
    return this.#header(tag) !== undefined
  }

  value(tag: number): Buffer | undefined {
    const length = this.#header(tag)
    if (length === undefined || length === 0 || length > this.#left.length) return undefined
    const value = this.#left.subarray(0, length)
    this.#left = this.#left.subarray(length)
    return value
  }

  #header(tag: number): number | undefined {
    const [found, first] = this.#left
    if (found !== tag || first === undefined) return undefined
    const count = first < 0x80 ? 0 : first & 0x7f
    if (count > 4 || this.#left.length < 2 + count || first === 0x80) return undefined
    const length = count === 0 ? first : this.#left.readUIntBE(2, count)
    this.#left = this.#left.subarray(2 + count)
    return length
  }
}

function decodeAttributes(list: BerReader): readonly AttributeValues[] {
  const attributes: AttributeValues[] = []
  while (!list.isDone) {
    const attribute = list.enter()
    const type = attribute.text()
    const set = attribute.enter(tags.set)
    attribute.end()
    if (type === '') throw malformed('an attribute without a name')
    const values: Buffer[] = []
    while (!set.isDone) values.push(set.octets())
    attributes.push({ type, values })
  }
  return attributes
}

function decodeUris(reader: BerReader): readonly string[] {
  const uris: string[] = []
  while (!reader.isDone) uris.push(reader.text())
  if (uris.length === 0) throw malformed('a referral to nowhere')
  return uris
}

function decodeResult(reader: BerReader): LdapResult {
  const code = reader.integer(tags.enumerated)
  const matchedDn = reader.text()
  const diagnostic = printable(reader.octets())
  const referrals = reader.peek() === 0xa3 ? decodeUris(reader.enter(0xa3)) : []
  return { code, matchedDn, diagnostic, referrals }
}

/** Servers end their words with NUL or write them in their own code page; only people read them. */
function printable(bytes: Buffer): string {
  return (
    bytes
      .subarray(0, 500)
      .toString('utf8')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\0-\x1f\x7f]+/g, ' ')
      .trim()
  )
}
