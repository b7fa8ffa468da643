/**
 * Reads the JSON that the query of Windows answers.
 *
 * @module
 */
import type { Adapter } from '../platform/observation.ts'

export interface Machine {
  readonly serial?: string
  readonly uuid?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly osName?: string
  readonly osVersion?: string
  readonly adapters: readonly Adapter[]
  readonly isFirewallOn?: boolean
  readonly isSecureBootOn?: boolean
  readonly isScreenLocking?: boolean
}

type Members = Readonly<Record<string, unknown>>

const members = (value: unknown): Members => (typeof value === 'object' && value !== null ? (value as Members) : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

export function readMachine(json: string): Machine {
  let answer: Members
  try {
    answer = members(JSON.parse(json.replace(/^\ufeff/, '')))
  } catch {
    return { adapters: [] }
  }
  const product = members(answer['product'])
  const os = members(answer['os'])
  return {
    ...text('serial', members(answer['bios'])['SerialNumber']),
    ...text('uuid', product['UUID']),
    ...text('manufacturer', product['Vendor']),
    ...text('model', product['Name']),
    ...text('osName', os['Caption']),
    ...text('osVersion', os['Version']),
    adapters: list(answer['adapters']).flatMap((one) => adapterOf(members(one)) ?? []),
    ...firewall(list(answer['firewall'])),
    ...(answer['secureBoot'] === 1 || answer['secureBoot'] === 0 ? { isSecureBootOn: answer['secureBoot'] === 1 } : {}),
    ...screenLock(answer['inactivity']),
  }
}

function text<const N extends string>(name: N, value: unknown): { readonly [K in N]?: string } {
  return (typeof value === 'string' && value.trim() !== '' ? { [name]: value.trim() } : {}) as {
    readonly [K in N]?: string
  }
}

function adapterOf(one: Members): Adapter | undefined {
  // The permanent address is the card's own; the other one may be a random one of today.
  const permanent = one['PermanentAddress']
  const written = typeof permanent === 'string' && permanent !== '' ? permanent : one['MacAddress']
  if (typeof written !== 'string') return undefined
  const digits = written.replaceAll(/[^0-9a-f]/gi, '')
  const mac = (digits.match(/../g) ?? []).join(':')
  const isPhysical = one['Virtual'] !== true && one['HardwareInterface'] === true
  return { name: typeof one['Name'] === 'string' ? one['Name'] : '', mac, isPhysical, isDefaultRoute: false }
}

/** Get-NetFirewallProfile: True, False or NotConfigured for each of domain, private and public. */
function firewall(profiles: readonly unknown[]): { readonly isFirewallOn?: boolean } {
  if (profiles.length === 0 || !profiles.every((one) => one === 'True' || one === 'False')) return {}
  return { isFirewallOn: profiles.every((one) => one === 'True') }
}

/** The policy *Interactive logon: Machine inactivity limit*. Without it a user's own screen saver may lock, and that cannot be seen from here. */
function screenLock(seconds: unknown): { readonly isScreenLocking?: boolean } {
  return typeof seconds === 'number' && seconds > 0 ? { isScreenLocking: true } : {}
}
