/**
 * CEF (ArcSight Common Event Format, version 0): a header between bars, then `key=value` pairs.
 *
 * Escapes: `\` and `|` in the header, `\` and `=` in values. A naive reader that splits at
 * ` word=` finds no such thing inside of a value, because its `=` has a backslash before it.
 *
 * @module
 */
import { syslogFormatFailure } from './failures.ts'
import { lineOf } from './text.ts'

export interface CefEvent {
  readonly vendor: string
  readonly product: string
  readonly version: string
  readonly signature: string
  readonly name: string
  /** 0 to 10. */
  readonly severity: number
  /** Keys of letters, digits, dots and underscores. A value that is empty is left out. */
  readonly fields: readonly (readonly [key: string, value: string])[]
}

const headerFields = ['vendor', 'product', 'version', 'signature', 'name'] as const

export const cefKey = (key: string): string => key.replace(/[^A-Za-z0-9_.]/g, '_') || '_'
const inHeader = (text: string): string => lineOf(text).replace(/[\\|]/g, String.raw`\$&`)
const inValue = (text: string): string => lineOf(text).replace(/[\\=]/g, String.raw`\$&`)

/** @param maxBytes Fields that no longer fit are left out, from the last on; the header always stands. */
export function encodeCef(event: CefEvent, maxBytes: number = Number.MAX_SAFE_INTEGER): string {
  const severity = Math.min(10, Math.max(0, Math.round(event.severity)))
  const head = ['CEF:0', ...headerFields.map((field) => inHeader(event[field])), String(severity), ''].join('|')
  let text = head
  for (const [key, value] of event.fields) {
    if (value === '') continue
    const next = `${text}${text === head ? '' : ' '}${cefKey(key)}=${inValue(value)}`
    if (Buffer.byteLength(next) <= maxBytes) text = next
  }
  return text
}

/** @throws SYSLOG_FORMAT_MALFORMED. */
export function decodeCef(text: string): CefEvent {
  if (!text.startsWith('CEF:0|')) fail('CEF:0')
  const parts: string[] = []
  let at = 'CEF:0|'.length
  for (const field of [...headerFields, 'severity']) {
    const [whole = '', value = ''] = /^((?:[^\\|]|\\[\\|])*)\|/su.exec(text.slice(at)) ?? fail(field)
    parts.push(value.replace(/\\([\\|])/g, '$1'))
    at += whole.length
  }
  const [vendor = '', product = '', version = '', signature = '', name = '', severity = ''] = parts
  if (!/^(?:\d|10)$/.test(severity)) fail('severity')
  return { vendor, product, version, signature, name, severity: Number(severity), fields: readFields(text.slice(at)) }
}

function readFields(text: string): (readonly [string, string])[] {
  if (text === '') return []
  const keys = [...text.matchAll(/(?:^| )([A-Za-z0-9_.]+)=/g)]
  if (keys[0]?.index !== 0) fail('the first field')
  return keys.map(({ index, 0: whole, 1: key = '' }, number) => {
    const value = text.slice(index + whole.length, keys[number + 1]?.index)
    if (!/^(?:[^\\=]|\\[\\=])*$/su.test(value)) fail(key)
    return [key, value.replace(/\\([\\=])/g, '$1')]
  })
}

function fail(where: string): never {
  throw syslogFormatFailure('MALFORMED', { details: { where } })
}
