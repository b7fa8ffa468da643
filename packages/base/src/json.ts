/**
 * JSON with one meaning: what two parsers could read differently is refused.
 *
 * Duplicate keys, `__proto__`, lone spellings of a number, white space and depth
 * are where parsers disagree. A text is accepted only when writing the parsed
 * value again gives the same bytes.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, type Bytes } from './bytes.ts'
import { baseFailure } from './failures.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface JsonBounds {
  readonly maxBytes: number
  /** Default 32: deeper than any message of ours by a factor of four. */
  readonly maxDepth?: number
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** Canonical bytes of a value. `undefined` members are left out, as JSON has no word for them. */
export function encodeJson(value: unknown): Buffer {
  const text = JSON.stringify(value)
  if (text === undefined) throw baseFailure('MALFORMED', { details: { expected: 'a JSON value' } })
  return encodeUtf8(text)
}

/** @throws BASE_MALFORMED, BASE_TOO_LARGE. */
export function decodeJson(bytes: Bytes, bounds: JsonBounds): Json {
  if (bytes.length > bounds.maxBytes) throw baseFailure('TOO_LARGE', { details: { limit: bounds.maxBytes } })
  const text = decodeUtf8(bytes)
  checkDepth(text, bounds.maxDepth ?? 32)
  const value = parse(text)
  if (JSON.stringify(value) !== text) throw baseFailure('MALFORMED', { details: { expected: 'canonical JSON' } })
  return value
}

function parse(text: string): Json {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (forbidden.has(key)) throw new Error('forbidden key')
      return value
    }) as Json
  } catch (cause) {
    throw baseFailure('MALFORMED', { cause, details: { expected: 'JSON' } })
  }
}

/** Counts brackets outside strings before the parser recurses over them. */
function checkDepth(text: string, maxDepth: number): void {
  let depth = 0
  let inString = false
  // By numbers: an answer of megabytes goes through here, and a text of one letter costs more than the letter.
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (inString) {
      if (char === 0x5c) at++
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > maxDepth) throw baseFailure('TOO_LARGE', { details: { limit: maxDepth, of: 'depth' } })
    } else if (char === 0x7d || char === 0x5d) depth--
  }
}
