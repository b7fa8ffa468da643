/**
 * The template: a line of text with `%names%`, as AirWatch and others write their messages.
 *
 * Logic-less: a name stands for a value, and nothing else is understood. In AirWatch's own line
 * a value runs into the next key as soon as somebody is called `User: root`; here the signs that
 * tell keys from values (`:` in that line) have a backslash before them wherever they are in a
 * value, so that what was put together can be taken apart again. Only after the last name, where
 * no key follows, a value stands as it is.
 *
 * @module
 */
import { syslogFormatFailure } from './failures.ts'
import { lineOf } from './text.ts'

export interface Template {
  /** The text before the first name. */
  readonly start: string
  readonly parts: readonly { readonly name: string; readonly after: string }[]
  /** Escaped in values: every guard that the texts between the names hold. */
  readonly guards: string
}

/** One of them has to be in each text between two names. */
const guardSigns: readonly string[] = [':', '=', '|', '"', ';', ',', '<', '>', '[', ']', '{', '}']
const maxTemplateBytes = 4096

/** @param known The names there are. @throws SYSLOG_FORMAT_TEMPLATE. */
export function parseTemplate(text: string, known: readonly string[]): Template {
  if (Buffer.byteLength(text) > maxTemplateBytes) fail(`at most ${maxTemplateBytes} bytes`)
  if (lineOf(text) !== text) fail('one line without control characters')
  if (text.includes('\\')) fail('no backslash')
  // Names and texts take turns: every second piece is a name.
  const pieces = text.replaceAll('%%', '\0').split('%')
  if (pieces.length % 2 === 0) fail('%% for a percent sign, and %name% for a value')
  const plain = pieces.map((piece) => piece.replaceAll('\0', '%'))
  const parts: { name: string; after: string }[] = []
  for (let at = 1; at < plain.length; at += 2) {
    const name = plain[at] as string
    if (!known.includes(name))
      fail(`in place of %${name.slice(0, 60)}% one of ${known.map((one) => `%${one}%`).join(' ')}`)
    parts.push({ name, after: plain[at + 1] as string })
  }
  if (parts.length === 0) fail('at least one %name%')
  const between = parts.slice(0, -1)
  const bare = between.find(({ after }) => !hasGuard(after))
  if (bare !== undefined) fail(`one of ${guardSigns.join(' ')} between %${bare.name}% and the next name`)
  const followed = parts.filter(({ after }) => after !== '')
  const guards = guardSigns.filter((sign) => followed.some(({ after }) => after.includes(sign))).join('')
  const last = parts.at(-1) as { after: string }
  if (last.after !== '' && !hasGuard(last.after))
    fail(`one of ${guardSigns.join(' ')} in the text after the last name, or none`)
  return { start: plain[0] as string, parts, guards }
}

/** Every sign that may be one; which of them are, each template says. */
const guardsAndBackslash = /[\\:=|";,<>[\]{}]/g
const isEscaped = (sign: string, guards: string): boolean => sign === '\\' || guards.includes(sign)
const hasGuard = (text: string): boolean => guardSigns.some((sign) => text.includes(sign))

/** One line, whatever the values are. A name without a value is empty. */
export function renderTemplate({ start, parts, guards }: Template, values: Readonly<Record<string, string>>): string {
  const written = parts.map(({ name, after }) => {
    const value = lineOf(values[name] ?? '')
    return (
      (after === ''
        ? value
        : value.replace(guardsAndBackslash, (sign) => (isEscaped(sign, guards) ? `\\${sign}` : sign))) + after
    )
  })
  return start + written.join('')
}

/** What was put into the line; of a name that stands twice, both. @throws SYSLOG_FORMAT_MALFORMED. */
export function readTemplate({ start, parts, guards }: Template, line: string): (readonly [string, string])[] {
  if (!line.startsWith(start)) malformed('the text before the first value')
  let at = start.length
  const found = parts.map(({ name, after }): [string, string] => {
    if (after === '') {
      const value = line.slice(at)
      at = line.length
      return [name, value]
    }
    const before = firstGuard(after, guards)
    const guard = nextGuard(line, at, guards)
    const end = guard - before
    if (guard < 0 || end < at || !line.startsWith(after, end)) malformed(name)
    const value = line.slice(at, end).replace(/\\(.)/gsu, '$1')
    at = end + after.length
    return [name, value]
  })
  if (at !== line.length) malformed('the end')
  return found
}

/** Where the first guard of a text stands that has one. */
function firstGuard(text: string, guards: string): number {
  const places = guardSigns.filter((sign) => guards.includes(sign)).map((sign) => text.indexOf(sign))
  return Math.min(...places.filter((place) => place >= 0))
}

function nextGuard(line: string, from: number, guards: string): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (guards.includes(line[at] as string)) return at
  }
  return -1
}

function fail(expected: string): never {
  throw syslogFormatFailure('TEMPLATE', { details: { expected: expected.slice(0, 300) } })
}

function malformed(where: string): never {
  throw syslogFormatFailure('MALFORMED', { details: { where } })
}
