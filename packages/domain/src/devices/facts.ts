/**
 * Posture: the facts that are observed on a device, each with who says so and when.
 *
 * *Unknown* is a value of its own: the source looked and cannot tell. A fact that nobody
 * speaks of is unknown too. It is never read as false; what it means is for a policy to
 * say. What a fact is worth beside another source's is in `merge.ts`.
 *
 * @module
 */

interface FactRow {
  readonly kind: 'boolean' | 'text'
  /** What it means when it is so. */
  readonly says: string
  /** `alarm`: one fresh source that says true is enough, whatever the others say. */
  readonly merge?: 'alarm'
  /** Longest text, in characters. 200 unless stated. */
  readonly most?: number
}

const rows = {
  diskEncrypted: { kind: 'boolean', says: 'All fixed disks that hold data are encrypted.' },
  pinLocked: { kind: 'boolean', says: 'The screen locks, and a PIN or password opens it.' },
  jailBroken: { kind: 'boolean', says: 'The system was rooted or jailbroken.', merge: 'alarm' },
  firewallOn: { kind: 'boolean', says: 'A packet filter of the device is on.' },
  antivirusOn: { kind: 'boolean', says: 'A malware scanner runs.' },
  secureBootOn: { kind: 'boolean', says: 'The firmware starts only signed systems.' },
  isSupervised: { kind: 'boolean', says: 'An organization supervises the device.' },
  compliantAtSource: { kind: 'boolean', says: 'The other MDM that reports it calls it compliant.' },
  failureAtSource: { kind: 'text', says: 'Why the other MDM calls it non-compliant.', most: 500 },
  remediationAtSource: { kind: 'text', says: 'What the other MDM tells its user to do.', most: 500 },
  manufacturer: { kind: 'text', says: 'Who made it.' },
  model: { kind: 'text', says: 'Its model, as its maker names it.' },
  platform: { kind: 'text', says: 'linux, windows, macos, ios, android, or another word in lower case.' },
  osName: { kind: 'text', says: 'The name of its system.' },
  osVersion: { kind: 'text', says: 'The version of its system.' },
  phoneNumber: { kind: 'text', says: 'Its telephone number.' },
  userName: { kind: 'text', says: 'Who uses it.' },
  userEmail: { kind: 'text', says: 'Where its user gets mail.' },
  ownership: { kind: 'text', says: 'Whose it is: corporate, employee or shared.' },
  agentVersion: { kind: 'text', says: 'The software that reports it.' },
} as const satisfies Record<string, FactRow>

export type FactName = keyof typeof rows

/** Every fact there is, in the order in which it is shown. */
export const factTable: Readonly<Record<FactName, FactRow>> = rows
export const factNames = Object.keys(rows) as readonly FactName[]

export type BooleanFact = { [N in FactName]: (typeof rows)[N]['kind'] extends 'boolean' ? N : never }[FactName]
export type TextFact = Exclude<FactName, BooleanFact>
export type FactValue<N extends FactName = FactName> = N extends BooleanFact ? boolean : string

/** What a source says of one fact: a value, or that it cannot tell. */
export type Said<N extends FactName = FactName> = { readonly value: FactValue<N> } | { readonly unknown: true }

/** What a source says of a device. A fact that is absent was not looked at, and stays as it was. */
export type SaidFacts = { readonly [N in FactName]?: Said<N> }

export type Fact<N extends FactName = FactName> = Said<N> & {
  /** The name of the source; see `DeviceReport`. */
  readonly source: string
  /** When it was observed, in milliseconds since 1970. */
  readonly atMs: number
}

export type Facts = { readonly [N in FactName]?: Fact<N> }

/** `undefined`: unknown. */
export function valueOf<N extends FactName>(facts: { readonly [K in N]?: Said<K> }, name: N): FactValue<N> | undefined {
  const fact = facts[name] as Said<N> | undefined
  return fact !== undefined && 'value' in fact ? fact.value : undefined
}
