/**
 * One line from the parts of an event, in whichever format and behind whichever header.
 *
 * @module
 */
import { encodeCef, type CefEvent } from './cef.ts'
import { encodeLeef, type LeefEvent } from './leef.ts'
import { encodeLegacy } from './rfc3164.ts'
import {
  encodeMessage,
  leastMessageBytes,
  type EncodeOptions,
  type StructuredElement,
  type SyslogMessage,
} from './rfc5424.ts'
import { renderTemplate, type Template } from './template.ts'

/** The header, and what stands behind it in each format. Only the part of the chosen format is looked at. */
export interface LineParts extends Omit<SyslogMessage, 'at' | 'data' | 'text'> {
  readonly at: Date
  /** Of RFC 5424, whatever stands behind it. */
  readonly data: readonly StructuredElement[]
  readonly text: string
  readonly cef: CefEvent
  readonly leef: LeefEvent
  readonly template: Readonly<Record<string, string>>
}

export interface LineFormat extends EncodeOptions {
  readonly maxBytes: number
  /** Text for people behind structured data, or one of the others as the text. */
  readonly format: 'rfc5424' | 'cef' | 'leef' | { readonly template: Template; readonly tag: string }
  readonly header: 'rfc3164' | 'rfc5424'
}

/** The longest header that either kind can have, with a blank. */
const headerBytes = 320

export function encodeLine(parts: LineParts, options: LineFormat): string {
  const { format } = options
  if (format === 'rfc5424') return encodeMessage(parts, options)
  const room = Math.max(leastMessageBytes, options.maxBytes) - headerBytes
  const text =
    format === 'cef'
      ? encodeCef(parts.cef, room)
      : format === 'leef'
        ? encodeLeef(parts.leef, room)
        : renderTemplate(format.template, parts.template)
  if (options.header === 'rfc3164')
    return encodeLegacy({ ...parts, tag: typeof format === 'object' ? format.tag : '', text }, options.maxBytes)
  // The text says everything; of the structured data only what counts the messages comes with it, where there is room.
  const needed = Buffer.byteLength(text) + headerBytes
  const data = needed < options.maxBytes - 128 ? parts.data.slice(0, 1) : []
  // A mark before `CEF:` would hide it from whoever looks for it.
  return encodeMessage({ ...parts, data, text }, { ...options, byteOrderMark: 'never' })
}
