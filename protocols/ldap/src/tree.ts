/**
 * A directory in memory, for the server here: entries, search, matching.
 *
 * @module
 */
import { formatName, isWithin, nameKey, parseName, type DistinguishedName } from './dn.ts'
import type { Filter } from './filter.ts'
import { matches } from './match.ts'
import type { AttributeValues, SearchEntry, SearchScope } from './message.ts'

export type EntryAttributes = Readonly<Record<string, string | Uint8Array | readonly (string | Uint8Array)[]>>

export interface TreeEntry {
  readonly dn: string
  readonly name: DistinguishedName
  readonly attributes: readonly AttributeValues[]
}

/** Given only when asked for by name or with `+`, as in OpenLDAP. */
const operational = new Set(['entryuuid', 'memberof', 'createtimestamp', 'modifytimestamp', 'entrydn'])

export class LdapTree {
  readonly #entries = new Map<string, TreeEntry>()

  add(dn: string, attributes: EntryAttributes): void {
    const name = parseName(dn)
    const list = Object.entries(attributes).map(([type, value]): AttributeValues => {
      const values = typeof value === 'string' || value instanceof Uint8Array ? [value] : value
      return { type, values: values.map((one) => Buffer.from(one as Uint8Array)) }
    })
    this.#entries.set(nameKey(name), { dn: formatName(name), name, attributes: list })
  }

  remove(dn: string): void {
    this.#entries.delete(nameKey(parseName(dn)))
  }

  find(dn: string): TreeEntry | undefined {
    return this.#entries.get(nameKey(parseName(dn)))
  }

  get size(): number {
    return this.#entries.size
  }

  /** @returns `undefined` when the base does not exist. */
  search(base: string, scope: SearchScope, filter: Filter): readonly TreeEntry[] | undefined {
    const baseName = parseName(base)
    if (!this.#entries.has(nameKey(baseName))) return undefined
    return [...this.#entries.values()].filter((entry) => {
      const depth = entry.name.length - baseName.length
      const isInScope = scope === 'base' ? depth === 0 : scope === 'one' ? depth === 1 : depth >= 0
      return isInScope && isWithin(entry.name, baseName) && matches(entry, filter)
    })
  }
}

/** The entry with the attributes that were asked for (RFC 4511 4.5.1.8). */
export function selectAttributes(entry: TreeEntry, wanted: readonly string[], typesOnly: boolean): SearchEntry {
  const names = new Set(wanted.map((name) => name.toLowerCase()))
  const all = names.size === 0 || names.has('*')
  const attributes = entry.attributes.filter(({ type }) => {
    const name = type.toLowerCase()
    if (names.has(name)) return true
    return operational.has(name) ? names.has('+') : all
  })
  return { dn: entry.dn, attributes: typesOnly ? attributes.map(({ type }) => ({ type, values: [] })) : attributes }
}
