/**
 * LEEF 2.0 (IBM QRadar): a header between bars, then `key=value` pairs with a delimiter that the header names.
 *
 * LEEF has no escapes. So the delimiter is, message by message, a sign that is in none of its
 * values; the last resort is the tab, which as a control character can be in none. A bar in a
 * header field is replaced, since nothing could be written for it.
 *
 * @module
 */
import { syslogFormatFailure } from './failures.ts'
import { lineOf } from './text.ts'

export interface LeefEvent {
  readonly vendor: string
  readonly product: string
  readonly version: string
  readonly eventId: string
  /** Keys without blanks and `=`. A value that is empty is left out. */
  readonly fields: readonly (readonly [key: string, value: string])[]
}

const headerFields = ['vendor', 'product', 'version', 'eventId'] as const
/** The usual one first. Tab comes last: rsyslog, as it is installed, writes `#011` for it. */
const delimiters = ['^', '~', ';', '!'] as const
/** As the header writes a tab: QRadar reads `x09` and `0x09`. */
const tabName = 'x09'

export const leefKey = (key: string): string => key.replace(/[^A-Za-z0-9_.-]/g, '_') || '_'
const inHeader = (text: string): string => lineOf(text).replaceAll('|', '_')

/** @param maxBytes Fields that no longer fit are left out, from the last on; the header always stands. */
export function encodeLeef(event: LeefEvent, maxBytes: number = Number.MAX_SAFE_INTEGER): string {
  const fields = event.fields.filter(([, value]) => value !== '').map(([key, value]) => [leefKey(key), lineOf(value)])
  const sign = delimiters.find((one) => fields.every(([, value = '']) => !value.includes(one)))
  const head = ['LEEF:2.0', ...headerFields.map((field) => inHeader(event[field])), sign ?? tabName, ''].join('|')
  let text = head
  for (const [key, value] of fields) {
    const next = `${text}${text === head ? '' : (sign ?? '\t')}${key}=${value}`
    if (Buffer.byteLength(next) <= maxBytes) text = next
  }
  return text
}

/** @throws SYSLOG_FORMAT_MALFORMED. */
export function decodeLeef(text: string): LeefEvent {
  const [start, vendor = '', product = '', version = '', eventId = '', sign, ...rest] = text.split('|')
  if (start !== 'LEEF:2.0') fail('LEEF:2.0')
  const delimiter = sign === tabName ? '\t' : (sign ?? '')
  if (!/^[^A-Za-z0-9=|]$/.test(delimiter)) fail('the delimiter')
  const body = rest.join('|')
  const fields = (body === '' ? [] : body.split(delimiter)).map((field): [string, string] => {
    const at = field.indexOf('=')
    if (at < 1) fail('a field')
    return [field.slice(0, at), field.slice(at + 1)]
  })
  return { vendor, product, version, eventId, fields }
}

function fail(where: string): never {
  throw syslogFormatFailure('MALFORMED', { details: { where } })
}
