/**
 * Bodies: values in bulk, as JSON, with the key in whichever case.
 *
 * @module
 */
import { decodeUtf8, type Bytes } from '@sallygate/base/bytes'
import { baseFailure } from '@sallygate/base/failures'

export const maxBodyBytes = 256 * 1024
const mostValues = 1000

/** `{"BulkValues": {"Value": […]}}`. @throws BASE_MALFORMED, BASE_TOO_LARGE. */
export function readBulkValues(body: Bytes): readonly string[] {
  const values = member(member(parse(body), 'bulkvalues'), 'value')
  if (!Array.isArray(values)) throw malformed('BulkValues with a list')
  if (values.length > mostValues) throw baseFailure('TOO_LARGE', { details: { limit: mostValues } })
  return values.map((value: unknown) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw malformed('text')
    return String(value).slice(0, 256)
  })
}

/** What a message says, from JSON in any of its spellings. @throws BASE_MALFORMED. */
export function readMessageText(body: Bytes): { readonly title: string; readonly text: string } {
  const parsed = parse(body)
  const told = (...names: readonly string[]): string =>
    names
      .map((name) => member(parsed, name))
      .find((value): value is string => typeof value === 'string' && value !== '') ?? ''
  return {
    title: told('subject', 'title', 'applicationname').slice(0, 500),
    text: told('messagebody', 'message', 'body').slice(0, 4000),
  }
}

function parse(body: Bytes): unknown {
  if (body.length > maxBodyBytes) throw baseFailure('TOO_LARGE', { details: { limit: maxBodyBytes } })
  const text = decodeUtf8(body)
  // Before the parser recurses over them: nothing of this API is deeper than four.
  if ((text.match(/[[{]/g)?.length ?? 0) > 200) throw baseFailure('TOO_LARGE', { details: { of: 'brackets' } })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw baseFailure('MALFORMED', { cause, details: { expected: 'JSON' } })
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1]
}

const malformed = (expected: string) => baseFailure('MALFORMED', { details: { expected } })
