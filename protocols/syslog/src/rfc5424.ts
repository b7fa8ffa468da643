/**
 * RFC 5424: the message, with structured data, encoded and read.
 *
 * One table of header fields serves both directions. Framing is elsewhere; a message
 * that comes from here is one line whatever was in its values.
 *
 * @module
 */
import { syslogFormatFailure } from './failures.ts'
import { priorityOf, readPriority, type Priority } from './severity.ts'
import { cutText, isAscii, lineOf, messageOf, printable } from './text.ts'

/** `SD-ELEMENT` of RFC 5424 6.3: names without blanks, `=`, `]` and `"`; values of any text. */
export interface StructuredElement {
  /** `meta`, or a name with an enterprise number: `event@32473`. */
  readonly id: string
  readonly params: readonly (readonly [name: string, value: string])[]
}

export interface SyslogMessage extends Priority {
  /** Absent: the nil value. */
  readonly at?: Date | undefined
  readonly hostName: string
  readonly appName: string
  readonly processId: string
  readonly messageId: string
  readonly data: readonly StructuredElement[]
  readonly text: string
}

export interface EncodeOptions {
  /** Most bytes of a message. RFC 5424 6.1: every receiver takes 480, and should take 2048. */
  readonly maxBytes?: number
  /** `never`: for receivers that take the byte order mark for text. RFC 5424 6.4 wants it before text that is not ASCII. */
  readonly byteOrderMark?: 'asNeeded' | 'never'
}

/** Below this not even a header has room for certain. */
export const leastMessageBytes = 1024
export const usualMessageBytes = 8192

/** After the version, in order: RFC 5424 6.2.4 to 6.2.7 with their largest lengths. */
const headerFields = [
  ['hostName', 255],
  ['appName', 48],
  ['processId', 128],
  ['messageId', 32],
] as const

const nil = '-'
const mark = '\ufeff'
const maxNameLength = 32

const fieldOf = (text: string, most: number): string => printable(text, most) || nil

export const sdName = (name: string): string => printable(name, maxNameLength).replace(/[="\]]/g, '_') || '_'
const escapeValue = (value: string): string => lineOf(value).replace(/["\\\]]/g, String.raw`\$&`)

function header(message: SyslogMessage): string {
  const { at } = message
  const fields = headerFields.map(([name, most]) => fieldOf(message[name], most))
  const time = at === undefined || Number.isNaN(at.getTime()) ? nil : at.toISOString()
  return [`<${priorityOf(message.facility, message.severity)}>1`, time, ...fields].join(' ')
}

function element({ id, params }: StructuredElement): string {
  return `[${sdName(id)}${params.map(([name, value]) => ` ${sdName(name)}="${escapeValue(value)}"`).join('')}]`
}

/** As many elements and parameters, from the first on, as fit; none is ever cut within. */
function elementsWithin(data: readonly StructuredElement[], bytes: number): string {
  let text = ''
  for (const { id, params } of data) {
    const kept: (readonly [string, string])[] = []
    for (const param of params) {
      if (Buffer.byteLength(text + element({ id, params: [...kept, param] })) > bytes) break
      kept.push(param)
    }
    const next = text + element({ id, params: kept })
    if (Buffer.byteLength(next) > bytes) break
    text = next
  }
  return text || nil
}

/** One line without its end. Never more than `maxBytes` (1024 at least) of UTF-8. */
export function encodeMessage(message: SyslogMessage, options: EncodeOptions = {}): string {
  const maxBytes = Math.max(leastMessageBytes, options.maxBytes ?? usualMessageBytes)
  const head = header(message)
  const whole = message.data.map(element).join('') || nil
  const room = maxBytes - Buffer.byteLength(head) - 1
  const data = Buffer.byteLength(whole) <= room ? whole : elementsWithin(message.data, room)
  const text = messageOf(message.text)
  if (text === '') return `${head} ${data}`
  const byteOrderMark = options.byteOrderMark !== 'never' && !isAscii(text) ? mark : ''
  const left = room - Buffer.byteLength(data) - 1 - Buffer.byteLength(byteOrderMark)
  const fitting = cutText(options.byteOrderMark === 'never' ? text.replace(/^\ufeff+/, '') : text, left)
  return left <= 0 || fitting === '' ? `${head} ${data}` : `${head} ${data} ${byteOrderMark}${fitting}`
}

/** @throws SYSLOG_FORMAT_MALFORMED, naming what is not as it should be. */
export function decodeMessage(line: string): SyslogMessage {
  const [, priority = '', time = '', rest = ''] =
    /^<(\d{1,3})>1 (\S+) (.*)$/su.exec(line) ?? fail('the priority, version and time')
  const read = readPriority(priority) ?? fail('the priority')
  const at = time === nil ? undefined : new Date(time)
  if (at !== undefined && (Number.isNaN(at.getTime()) || !/^\d{4}-\d\d-\d\dT/.test(time))) fail('the time')
  const parts = rest.split(' ')
  const named = Object.fromEntries(
    headerFields.map(([name, most], index) => {
      const part = parts[index] ?? ''
      if (part === '' || part.length > most || !/^[\u0021-\u007e]+$/u.test(part)) fail(name)
      return [name, part === nil ? '' : part]
    }),
  ) as Record<(typeof headerFields)[number][0], string>
  const { data, end } = readData(parts.slice(headerFields.length).join(' '))
  const after = parts.slice(headerFields.length).join(' ').slice(end)
  if (after !== '' && !after.startsWith(' ')) fail('what follows the structured data')
  return { ...read, at, ...named, data, text: after.slice(1).replace(/^\ufeff/, '') }
}

function readData(text: string): { readonly data: StructuredElement[]; readonly end: number } {
  if (text === nil || text.startsWith(`${nil} `)) return { data: [], end: 1 }
  const data: StructuredElement[] = []
  const name = String.raw`[\u0021\u0023-\u003c\u003e-\u005c\u005e-\u007e]{1,32}`
  const opening = new RegExp(String.raw`\[(${name})`, 'uy')
  const param = new RegExp(String.raw` (${name})="((?:[^"\\\]]|\\["\\\]])*)"`, 'uy')
  let end = 0
  while (text[end] === '[') {
    opening.lastIndex = end
    const [start = '', id = ''] = opening.exec(text) ?? fail('the name of an element')
    end += start.length
    const params: [string, string][] = []
    while (text[end] === ' ') {
      param.lastIndex = end
      const [whole = '', key = '', value = ''] = param.exec(text) ?? fail('a parameter')
      params.push([key, value.replace(/\\(["\\\]])/g, '$1')])
      end += whole.length
    }
    if (text[end++] !== ']') fail('the end of an element')
    data.push({ id, params })
  }
  if (data.length === 0) fail('the structured data')
  return { data, end }
}

function fail(where: string): never {
  throw syslogFormatFailure('MALFORMED', { details: { where } })
}
