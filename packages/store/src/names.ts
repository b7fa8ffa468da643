/**
 * Names of groups and administrators: what is shown, and what is compared.
 *
 * Two names are one when a person would read them as one: composed or combining
 * accents, upper or lower case, a zero-width joiner between. Letters of different
 * scripts that look alike stay different; that is for the screen to point out.
 *
 * @module
 */
import { storeFailure } from './failures.ts'

export interface Name {
  readonly shown: string
  /** Equal for names that are one. Never shown. */
  readonly key: string
}

const maxBytes = 256

/** Controls, lone surrogates, private and unassigned characters, and marks that turn the reading direction. */
const unprintable = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const invisible = /\p{Default_Ignorable_Code_Point}/gu

/** @throws STORE_NAME_INVALID. */
export function readName(text: string): Name {
  const shown = text.normalize('NFC').trim().replace(/\s+/gu, ' ')
  const key = foldName(shown)
  if (key === '' || unprintable.test(text) || Buffer.byteLength(shown, 'utf8') > maxBytes) {
    throw storeFailure('NAME_INVALID', { details: { bytes: Buffer.byteLength(shown, 'utf8'), limit: maxBytes } })
  }
  return { shown, key }
}

/** Folds until nothing changes: a few letters of Greek and Turkish need a second round. */
export function foldName(text: string): string {
  let folded = text
  for (let round = 0; round < 4; round++) {
    const next = foldOnce(folded)
    if (next === folded) break
    folded = next
  }
  return folded
}

/** Down, up, down: capital sharp s becomes ss only by way of small sharp s. */
function foldOnce(text: string): string {
  const visible = text.normalize('NFC').replace(invisible, '').trim().replace(/\s+/gu, ' ')
  return visible.toLowerCase().toUpperCase().toLowerCase().normalize('NFC')
}
