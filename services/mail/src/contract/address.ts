/**
 * Mail addresses, as far as we send to them and as ourselves.
 *
 * Stricter than RFC 5321 4.1.2: no quoted local parts, no address literals, no comments.
 * Whoever has one of those has another one as well; every character that could end a
 * line, a bracket or an argument is refused before any framing.
 *
 * @module
 */
import { z } from 'zod'

/** RFC 5321 4.5.3.1: 64 octets before the @, 255 after it, 254 in all by the errata. */
const maxOctets = 254
const maxLocalOctets = 64

/** RFC 5322 3.2.3 atext with single dots, and letters beyond ASCII where the server knows SMTPUTF8 (RFC 6531). */
const local = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domain =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u

export function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const [before, after] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || !text.isWellFormed() || Buffer.byteLength(text, 'utf8') > maxOctets) return false
  return Buffer.byteLength(before, 'utf8') <= maxLocalOctets && local.test(before) && domain.test(after)
}

export const mailAddress = z.string().max(maxOctets).refine(isMailAddress, 'a mail address such as ada@example.com')
