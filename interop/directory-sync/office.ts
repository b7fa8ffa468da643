/**
 * An office in words: who works where, and which groups there are. Each kind of directory
 * writes it down in its own way; what a sync has to bring is the same.
 *
 * @module
 */

export interface Person {
  readonly login: string
  /** Of the entry; as odd as names get. */
  readonly name: string
  readonly givenName: string
  readonly surname: string
  readonly unit: Unit
  readonly state?: 'disabled' | 'expired' | 'locked' | 'mustChange'
  /** Active Directory only: the group it counts for without being listed in it. */
  readonly primaryGroup?: string
}

export interface Team {
  readonly name: string
  readonly unit: Unit
  /** Logins of people, names of teams behind `@`. */
  readonly members: readonly string[]
}

export const units = ['sales', 'sales/north', 'archive', 'teams'] as const
export type Unit = (typeof units)[number]

export interface Office {
  readonly people: readonly Person[]
  readonly teams: readonly Team[]
}

/** Of the staff. The crowd has none. */
export const officePassword = 'Us3r!of-the-office'

const staff: readonly Person[] = [
  { login: 'ada', name: 'Ada Lovelace', givenName: 'Ada', surname: 'Lovelace', unit: 'sales' },
  { login: 'john', name: 'Smith, John', givenName: 'John', surname: 'Smith', unit: 'sales' },
  { login: 'zoe', name: 'Zoë Ünïcode 海', givenName: 'Zoë', surname: 'Ünïcode', unit: 'sales/north' },
  { login: 'quote', name: 'Q "the" + Quote; <x>', givenName: 'Q', surname: 'Quote', unit: 'sales/north' },
  { login: 'hash', name: '#Hash \\ Slash', givenName: 'Hash', surname: "O'Slash (*)", unit: 'sales/north' },
  { login: 'off', name: 'Olga Off', givenName: 'Olga', surname: 'Off', unit: 'archive', state: 'disabled' },
  { login: 'past', name: 'Pia Past', givenName: 'Pia', surname: 'Past', unit: 'archive', state: 'expired' },
  { login: 'lock', name: 'Lou Lock', givenName: 'Lou', surname: 'Lock', unit: 'archive', state: 'locked' },
  { login: 'must', name: 'Max Must', givenName: 'Max', surname: 'Must', unit: 'archive', state: 'mustChange' },
  { login: 'prime', name: 'Pru Prime', givenName: 'Pru', surname: 'Prime', unit: 'sales', primaryGroup: 'prime-team' },
]

/**
 * Three levels of groups, a ring of three, groups that overlap, and one with everybody in it.
 *
 * @param crowd How many more people there are, all of them in the group `everybody`.
 */
export function makeOffice(crowd: number): Office {
  const many = Array.from({ length: crowd }, (_, at): Person => {
    const login = `crowd${String(at).padStart(5, '0')}`
    // Few, because a server takes its time over renaming a unit with many in it.
    const unit = at % 50 === 0 ? 'sales/north' : 'sales'
    return { login, name: login, givenName: 'One', surname: `Ofmany ${at}`, unit }
  })
  const teams: readonly Team[] = [
    { name: 'level-1', unit: 'teams', members: ['ada', '@level-2'] },
    { name: 'level-2', unit: 'teams', members: ['john', '@level-3'] },
    { name: 'level-3', unit: 'teams', members: ['zoe', 'quote', 'off'] },
    { name: 'ring-a', unit: 'teams', members: ['hash', '@ring-b'] },
    { name: 'ring-b', unit: 'teams', members: ['past', '@ring-c'] },
    { name: 'ring-c', unit: 'teams', members: ['lock', '@ring-a'] },
    { name: 'Süd, (west) * \\ "x"', unit: 'teams', members: ['ada', 'must', '@ring-a', '@level-3'] },
    { name: 'prime-team', unit: 'teams', members: ['prime'] },
    { name: 'everybody', unit: 'teams', members: [...staff, ...many].map(({ login }) => login) },
  ]
  return { people: [...staff, ...many], teams }
}

/** RFC 4514 section 2.4, the way that both kinds of server take. */
export function escapeRdn(value: string): string {
  const escaped = value.replaceAll(/[,+"\\<>;=]/g, (sign) => `\\${sign}`)
  return escaped.startsWith('#') || escaped.startsWith(' ') ? `\\${escaped}` : escaped
}

/** A line of LDIF, in base64 where it has to be (RFC 2849). */
export function line(name: string, value: string | Uint8Array): string {
  const isPlain =
    typeof value === 'string' && /^[\x21-\x39\x3b\x3d-\x7e]?[\x20-\x7e]*$/.test(value) && !/^[ :<]/.test(value)
  return isPlain ? `${name}: ${value}` : `${name}:: ${Buffer.from(value).toString('base64')}`
}

export function entry(dn: string, ...lines: readonly string[]): string {
  return `${[line('dn', dn), ...lines].join('\n')}\n\n`
}
