/**
 * Enrollment codes as people type them: groups of letters and digits that are not mistaken for each other.
 *
 * @module
 */
import { randomBytes } from '@sallygate/base/bytes'

/** Crockford's base32: no I, L, O or U. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 130 bits. */
const length = 26

export interface MadeCode {
  readonly text: string
  readonly secret: Buffer
}

/** `SGD-` and 26 letters in groups of five or so. What is kept is the digest of `secret`. */
export function makeCode(): MadeCode {
  const drawn = Array.from(randomBytes(length), (byte) => letters[byte & 31]).join('')
  return { text: `SGD-${drawn.match(/.{1,5}/g)?.join('-') ?? ''}`, secret: Buffer.from(drawn, 'ascii') }
}

/** In any case, with or without hyphens and blanks; letters that look alike are taken for what was meant. */
export function readCode(text: string): Buffer | undefined {
  if (text.length > 200) return undefined
  const plain = text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replace(/^SGD/, '')
    .replaceAll(/[IL]/g, '1')
    .replaceAll('O', '0')
  const isCode = plain.length === length && Array.from(plain).every((letter) => letters.includes(letter))
  return isCode ? Buffer.from(plain, 'ascii') : undefined
}
