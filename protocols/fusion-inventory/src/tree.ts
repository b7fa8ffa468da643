/**
 * One view of an inventory, be it XML in capitals or JSON in small letters.
 *
 * @module
 */
import type { XmlElement } from '@sallygate/base/xml'

/** A section of an inventory. Names are given in small letters. */
export interface Section {
  /** The text of a member; `undefined` when it is absent or empty. */
  text(name: string): string | undefined
  /** Every member of this name that has members itself; a single one is a list of one. */
  sections(name: string): readonly Section[]
}

/** Real inventories have a few hundred; what is beyond is not looked at. */
const mostSections = 2000
const mostCharacters = 1000

export function xmlSection(element: XmlElement): Section {
  const named = (name: string) => element.children.filter((child) => child.name.toLowerCase() === name)
  return {
    text(name) {
      const text = named(name)[0]?.text
      return text === undefined || text === '' ? undefined : text.slice(0, mostCharacters)
    },
    sections: (name) => named(name).slice(0, mostSections).map(xmlSection),
  }
}

type Members = Readonly<Record<string, unknown>>

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function jsonSection(value: unknown): Section {
  const members: Members = isMembers(value) ? value : {}
  return {
    text(name) {
      const member = Object.hasOwn(members, name) ? members[name] : undefined
      // The newer format has true and 1 where the older has "1".
      const text = typeof member === 'boolean' ? (member ? '1' : '0') : member
      if (typeof text === 'number') return String(text)
      return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, mostCharacters) : undefined
    },
    sections(name) {
      const member = Object.hasOwn(members, name) ? members[name] : undefined
      const list = Array.isArray(member) ? (member as readonly unknown[]) : [member]
      return list.filter(isMembers).slice(0, mostSections).map(jsonSection)
    },
  }
}
