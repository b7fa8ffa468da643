/**
 * Text cut to a bound in bytes, as fields on the wire have it; people's words come in any script.
 *
 * @module
 */
import { encodeUtf8 } from '@sallygate/base/bytes'

export function fitting(text: string, maxBytes: number): string {
  let end = Math.min(text.length, maxBytes)
  while (encodeUtf8(text.slice(0, end).toWellFormed()).length > maxBytes) end--
  return text.slice(0, end).toWellFormed()
}
