/**
 * JSON bodies: people write them, so white space is theirs to choose; depth and names are not.
 *
 * @module
 */
import { decodeUtf8, type Bytes } from '@sallygate/base/bytes'
import { consoleFailure } from '../failures.ts'

/** Deeper than any body of the API by a factor of four. */
const deepest = 24

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** @throws CONSOLE_INVALID_REQUEST, CONSOLE_TOO_LARGE. */
export function parseJsonBody(bytes: Bytes): unknown {
  const text = asText(bytes)
  // Before the parser recurses over them.
  if (depthOf(text) > deepest) throw consoleFailure('TOO_LARGE', { details: { deepest } })
  try {
    return JSON.parse(text, (name, value: unknown) => {
      if (forbidden.has(name)) throw new Error('forbidden member')
      return value
    })
  } catch (cause) {
    throw consoleFailure('INVALID_REQUEST', { cause, details: { expected: 'JSON' } })
  }
}

function asText(bytes: Bytes): string {
  try {
    return decodeUtf8(bytes)
  } catch (cause) {
    throw consoleFailure('INVALID_REQUEST', { cause, details: { expected: 'UTF-8' } })
  }
}

function depthOf(text: string): number {
  let depth = 0
  let most = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') most = Math.max(most, ++depth)
    else if (char === '}' || char === ']') depth--
  }
  return most
}
