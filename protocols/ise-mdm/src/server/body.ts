/**
 * Bodies of actions, messages and batches: XML in whatever wrapping, strictly read and small.
 *
 * Cisco sends it as it is; IBM documents a form with parts. Which devices are meant is
 * whatever stands in elements of the names below, however deep.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { decodeXml, readXml, type XmlElement } from '@sallygate/base/xml'
import { baseFailure } from '@sallygate/base/failures'
import { queryOf, readParameters, type Criterion, type DeviceQuery, type Parameters } from './query.ts'

/** More identifiers than any console of a NAC lets one select. */
export const maxBodyBytes = 256 * 1024
const limits = { maxCharacters: maxBodyBytes, maxDepth: 12, maxElements: 5000 }
const mostIdentifiers = 1000

const identifierNames: Readonly<Record<string, Criterion>> = {
  macaddress: 'macaddress',
  guid: 'guid',
  guidhn: 'guidhn',
  udid: 'udid',
  imei: 'imei',
  meid: 'meid',
  serialnumber: 'serialnumber',
  serial_number: 'serialnumber',
}

export interface MessageBody {
  readonly identifiers: readonly DeviceQuery[]
  readonly type: string
  readonly header: string
  readonly body: string
}

/** @throws BASE_MALFORMED, BASE_TOO_LARGE. */
export function readIdentifiers(body: Bytes, type: string): readonly DeviceQuery[] {
  const found = elementsOf(parse(body, type)).flatMap(({ name, text }) => {
    const criterion = identifierNames[localName(name)]
    return criterion === undefined || text === '' ? [] : [queryOf(criterion, text)]
  })
  return bounded(found)
}

/** @throws BASE_MALFORMED, BASE_TOO_LARGE. */
export function readMessage(body: Bytes, type: string): MessageBody {
  const elements = elementsOf(parse(body, type))
  const told = (name: string) => elements.find((element) => localName(element.name) === name)?.text ?? ''
  return {
    identifiers: readIdentifiers(body, type),
    type: told('message_type').slice(0, 100),
    header: told('message_header').slice(0, 500),
    body: told('message_body').slice(0, 4000),
  }
}

/** The values of a batch: repeated `value` elements or parameters, lists with commas. @throws BASE_MALFORMED, BASE_TOO_LARGE. */
export function readBatch(body: Bytes, type: string, parameters: Parameters): readonly DeviceQuery[] {
  const criterion = parameters.get('querycriteria') ?? 'macaddress'
  const given = [parameters.get('value') ?? '', ...batchValues(body, type)]
  const values = given.flatMap((value) => value.split(',')).map((value) => value.trim())
  return bounded(values.filter((value) => value !== '').map((value) => queryOf(criterion, value)))
}

function batchValues(body: Bytes, type: string): readonly string[] {
  if (body.length === 0) return []
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const isForm =
    /^application\/x-www-form-urlencoded/i.test(type) && !text.toString('latin1').trimStart().startsWith('<')
  if (!isForm) {
    const elements = elementsOf(parse(body, type))
    return elements.filter(({ name, text: told }) => localName(name) === 'value' && told !== '').map((one) => one.text)
  }
  return text
    .toString('latin1')
    .split('&')
    .flatMap((pair) => readParameters(pair).get('value') ?? [])
}

function bounded(queries: readonly DeviceQuery[]): readonly DeviceQuery[] {
  if (queries.length > mostIdentifiers) throw baseFailure('TOO_LARGE', { details: { limit: mostIdentifiers } })
  return queries
}

function parse(body: Bytes, type: string): XmlElement {
  return readXml(decodeXml(unwrap(body, type)), limits)
}

/** The first part of a form that looks like XML. */
function unwrap(body: Bytes, type: string): Bytes {
  const [, quoted, plain] = /^multipart\/[a-z-]+;.*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(type) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) return body
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
  for (const part of whole.split(`--${boundary}`).slice(1)) {
    const content = part.slice(part.indexOf('\r\n\r\n') + 4).trim()
    if (part.includes('\r\n\r\n') && content.startsWith('<')) return Buffer.from(content, 'latin1')
  }
  throw baseFailure('MALFORMED', { details: { expected: 'a part with XML' } })
}

function elementsOf(root: XmlElement): readonly XmlElement[] {
  return [root, ...root.children.flatMap(elementsOf)]
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase()
}
