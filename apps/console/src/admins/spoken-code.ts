/**
 * Codes that people read from one screen and type into another.
 *
 * @module
 */
import { randomInt } from 'node:crypto'
import { encodeUtf8, sha256 } from '@sallygate/base/bytes'

/** No letter that reads like another: five of them are 24 bits and a half. */
const letters = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'

export function makeSpokenCode(groupsOfFive: number): string {
  const group = () => Array.from({ length: 5 }, () => letters.charAt(randomInt(letters.length))).join('')
  return Array.from({ length: groupsOfFive }, group).join('-')
}

/** People type codes in lower case, with spaces or without dashes. The label keeps codes of one kind from fitting another. */
export function digestOfCode(label: string, code: string): Buffer {
  return sha256(encodeUtf8(`sallygate ${label} v1\0`), encodeUtf8(code.toUpperCase().replace(/[\s-]/g, '')))
}
