/**
 * Devices in words: their facts, states, sources and commands, as a person calls them.
 *
 * @module
 */
import type { CommandKind, DeviceCommand } from '../api/command-shapes.ts'
import type { DeviceState } from '../api/device-shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { fieldWords } from '../settings/value-words.ts'

const facts: Readonly<Record<string, string>> = {
  diskEncrypted: 'Disk encryption',
  pinLocked: 'Screen lock with PIN',
  jailBroken: 'Rooted or jailbroken',
  firewallOn: 'Firewall',
  antivirusOn: 'Malware scanner',
  secureBootOn: 'Secure boot',
  isSupervised: 'Supervised',
  compliantAtSource: 'Compliant for the other MDM',
  failureAtSource: 'What the other MDM objects to',
  remediationAtSource: 'What the other MDM advises',
  osName: 'System',
  osVersion: 'System version',
  phoneNumber: 'Telephone number',
  userName: 'User',
  userEmail: 'Mail of the user',
  agentVersion: 'Agent version',
}

export function factTitle(fact: string): string {
  const words = facts[fact] ?? fieldWords(fact)
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

const identifiers: Readonly<Record<string, string>> = {
  serial: 'Serial number',
  uuid: 'UUID of the hardware',
  udid: 'UDID',
  imei: 'IMEI',
  meid: 'MEID',
  hostName: 'Host name',
}

export function identifierTitle(kind: string): string {
  return identifiers[kind] ?? kind
}

export const stateWords: Readonly<Record<DeviceState, string>> = {
  enrolled: 'enrolled',
  unenrolled: 'un-enrolled',
  wipePending: 'wipe pending',
  wiped: 'wiped',
  deleted: 'deleted',
}

/** Network access control knows it, also while a wipe waits for its check-in. */
export function isManaged(state: DeviceState): boolean {
  return state === 'enrolled' || state === 'wipePending'
}

export function stateStanding(state: DeviceState): Standing {
  if (state === 'enrolled') return 'ok'
  return state === 'wipePending' ? 'warning' : 'off'
}

/** The same sign for a verdict wherever it stands. */
export function verdictWords(compliant: boolean): readonly [Standing, string] {
  return compliant ? ['ok', 'compliant'] : ['failed', 'not compliant']
}

const platforms: Readonly<Record<string, string>> = {
  linux: 'Linux',
  windows: 'Windows',
  macos: 'macOS',
  ios: 'iOS',
  android: 'Android',
  '': 'unknown',
}

export const platformWord = (platform: string) => platforms[platform] ?? platform

/** @param names Of federated sources, by their id. */
export function sourceWord(source: string, names: ReadonlyMap<string, string> = new Map()): string {
  if (source === 'hub') return 'agent'
  if (source === 'fusionInventory') return 'inventory agent'
  if (source === 'federated') return 'other MDM servers'
  if (!source.startsWith('federated:')) return source
  return names.get(source) ?? 'other MDM server'
}

/** A value of a fact. Unknown is a word of its own: it is never no. */
export function valueWord(value: boolean | string | undefined): string {
  if (value === undefined) return 'unknown'
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value
}

export const commandWords: Readonly<Record<CommandKind, string>> = {
  lock: 'Lock',
  message: 'Message',
  enterpriseWipe: 'Enterprise wipe',
  fullWipe: 'Full wipe',
  report: 'Report now',
}

export function commandStanding({ state }: DeviceCommand): Standing {
  if (state === 'done') return 'ok'
  if (state === 'failed') return 'failed'
  return 'off'
}

export const commandStateWords: Readonly<Record<DeviceCommand['state'], string>> = {
  queued: 'waits for its check-in',
  sent: 'sent, no answer yet',
  done: 'done',
  failed: 'failed',
  expired: 'expired',
  cancelled: 'cancelled',
}
