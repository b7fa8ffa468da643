/**
 * The older header (RFC 3164), before a text that some other format made: CEF, LEEF, the template.
 *
 * It has no year and no time zone; the time is UTC here, and the texts carry a whole one.
 *
 * @module
 */
import { syslogFormatFailure } from './failures.ts'
import { priorityOf, readPriority, type Priority } from './severity.ts'
import { cutText, messageOf, printable } from './text.ts'
import { leastMessageBytes, usualMessageBytes } from './rfc5424.ts'

export interface LegacyMessage extends Priority {
  readonly at: Date
  readonly hostName: string
  /** Empty: none, as CEF wants it. Letters and digits, at most 32. */
  readonly tag: string
  readonly text: string
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

function timeOf(at: Date): string {
  const day = String(at.getUTCDate()).padStart(2, ' ')
  return `${months[at.getUTCMonth()] ?? 'Jan'} ${day} ${at.toISOString().slice(11, 19)}`
}

const tagOf = (tag: string): string => tag.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 32)

/** One line without its end, of at most `maxBytes` (1024 at least). */
export function encodeLegacy(message: LegacyMessage, maxBytes: number = usualMessageBytes): string {
  const { at, tag } = message
  const host = printable(message.hostName, 255) || '-'
  const head = `<${priorityOf(message.facility, message.severity)}>${timeOf(at)} ${host} `
  const text = tag === '' ? messageOf(message.text) : `${tagOf(tag)}: ${messageOf(message.text)}`
  return head + cutText(text, Math.max(leastMessageBytes, maxBytes) - Buffer.byteLength(head))
}

/** @param year The header has none. @throws SYSLOG_FORMAT_MALFORMED. */
export function decodeLegacy(line: string, year: number): LegacyMessage {
  const [, priority = '', month = '', day = '', time = '', hostName = '', tag = '', text = ''] =
    /^<(\d{1,3})>([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\S+) (?:([A-Za-z0-9_-]{1,32}): )?(.*)$/su.exec(line) ??
    fail('the header')
  const number = months.indexOf(month as (typeof months)[number])
  if (number < 0) fail('the month')
  const at = new Date(`${year}-${String(number + 1).padStart(2, '0')}-${day.replace(' ', '0')}T${time}Z`)
  if (Number.isNaN(at.getTime())) fail('the time')
  return { ...(readPriority(priority) ?? fail('the priority')), at, hostName, tag, text }
}

function fail(where: string): never {
  throw syslogFormatFailure('MALFORMED', { details: { where } })
}
