/**
 * Certificate passwords: how they are made, checked and spelled.
 *
 * @module
 */
import { randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { trustFailure } from './failures.ts'

export const minPasswordLength = 14

/** No letter that looks like a digit, one case: it will be read out over a telephone. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'
const [groupCount, groupLength] = [7, 4]

/** 138 random bits as `abcd-efgh-…`: an offline guess at a stolen installer has to fail. */
export function makePassword(): Secret {
  const characters: string[] = []
  while (characters.length < groupCount * groupLength)
    for (const byte of randomBytes(64)) {
      const character = alphabet[byte & 31]
      // 31 characters, 32 values: the last is thrown away so that all are equally likely.
      if (character !== undefined && characters.length < groupCount * groupLength) characters.push(character)
    }
  return new Secret((characters.join('').match(/.{4}/g) ?? []).join('-'))
}

/** Composed form, so that one password typed on two systems is one password. */
export function normalizePassword(password: Secret): Secret {
  return new Secret(password.reveal().normalize('NFC'))
}

/** For passwords that a person chose. @throws TRUST_PASSWORD_TOO_SHORT. */
export function requireStrongPassword(password: Secret): Secret {
  const normal = normalizePassword(password)
  const characters = Array.from(normal.reveal())
  const different = new Set(characters).size
  if (characters.length < minPasswordLength || different < 6)
    throw trustFailure('PASSWORD_TOO_SHORT', { details: { least: minPasswordLength, leastDifferent: 6 } })
  return normal
}

/** Programs disagree about other characters in PKCS#12; a warning belongs beside such a password. */
export function isPortablePassword(password: Secret): boolean {
  return /^[\x20-\x7e]*$/.test(password.reveal())
}
