/**
 * Names of a sync: each in the one form that all its spellings share.
 *
 * Half a million members lie below a few containers, so what stands above the first
 * comma is folded once and remembered.
 *
 * @module
 */
import { nameKey, parseName } from '@sallygate/protocol-ldap'

/** A container each; a directory with more is read slower, not wrongly. */
const maxRemembered = 20_000
const maxNameLength = 8192

/** A part whose folding is lower case and nothing else: no escapes, no runs of spaces, no letters beyond ASCII. */
const plain = /^[A-Za-z][A-Za-z0-9-]*=[A-Za-z0-9._@'()/:!$&*~-]+(?: [A-Za-z0-9._@'()/:!$&*~-]+)*$/

export class SyncNames {
  readonly #parents = new Map<string, string>()

  /** The same as `nameKey(parseName(dn))`. What is no name is its own key, marked so that it equals no name. */
  keyOf(dn: string): string {
    const comma = dn.indexOf(',')
    if (comma > 0) {
      const leaf = dn.slice(0, comma)
      if (plain.test(leaf)) return `${leaf.toLowerCase()},${this.#parent(dn.slice(comma + 1))}`
    }
    return slowKey(dn)
  }

  #parent(text: string): string {
    const known = this.#parents.get(text)
    if (known !== undefined) return known
    const key = slowKey(text)
    if (this.#parents.size >= maxRemembered) this.#parents.clear()
    this.#parents.set(text, key)
    return key
  }
}

function slowKey(dn: string): string {
  try {
    return nameKey(parseName(dn)).slice(0, maxNameLength)
  } catch {
    return `?${dn.toLowerCase().replaceAll('\0', String.raw`\00`)}`.slice(0, maxNameLength)
  }
}

/** True for the base itself and everything below; the empty base holds everything. */
export function isKeyWithin(key: string, base: string): boolean {
  return base === '' || key === base || (key.endsWith(base) && key[key.length - base.length - 1] === ',')
}
