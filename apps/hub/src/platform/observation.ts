/**
 * What the hub observes of its machine, in the words that the console's check-in takes.
 *
 * A fact is a value or *unknown*. Unknown means: looked, and cannot tell. It is never
 * written as false, because a policy may read the two differently.
 *
 * @module
 */

export type Said<T> = { readonly value: T } | { readonly unknown: true }

export const unknown = { unknown: true } as const

/** `undefined` becomes unknown. */
export function said<T>(value: T | undefined): Said<T> {
  return value === undefined ? unknown : { value }
}

export interface Identifiers {
  readonly serial?: string
  readonly uuid?: string
  readonly hostName?: string
  readonly macs: readonly string[]
}

export interface Facts {
  readonly diskEncrypted: Said<boolean>
  readonly pinLocked: Said<boolean>
  readonly jailBroken: Said<boolean>
  readonly firewallOn: Said<boolean>
  readonly secureBootOn: Said<boolean>
  readonly manufacturer: Said<string>
  readonly model: Said<string>
  readonly platform: Said<string>
  readonly osName: Said<string>
  readonly osVersion: Said<string>
}

export interface Observation {
  readonly identifiers: Identifiers
  readonly facts: Facts
}

export interface Adapter {
  readonly name: string
  readonly mac: string
  readonly isPhysical: boolean
  /** It has the way to everywhere else. */
  readonly isDefaultRoute: boolean
}

/**
 * The addresses worth reporting: of real adapters; of virtual ones only where a machine
 * has nothing else to reach the network with (containers, some virtual machines).
 */
export function reportedMacs(adapters: readonly Adapter[]): readonly string[] {
  const usable = adapters.filter(
    ({ mac }) => /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac) && !/^(?:00[:-]?){6}$/.test(mac),
  )
  const physical = usable.filter(({ isPhysical }) => isPhysical)
  const chosen = physical.length > 0 ? physical : usable.filter(({ isDefaultRoute }) => isDefaultRoute)
  return [...new Set(chosen.map(({ mac }) => mac.toLowerCase().replaceAll('-', ':')))]
}
