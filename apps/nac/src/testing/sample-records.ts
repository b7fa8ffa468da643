/**
 * Devices and accounts for tests: any number of them, the same each time.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { Secret } from '@sallygate/base/secret'
import { makeVerifier, type NacAccount, type NacDevice, type NacFacts, type NacRecord } from '@sallygate/domain'

export function sampleGuid(number: number): string {
  const hex = createHash('sha256').update(`device ${number}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function sampleMac(number: number): string {
  return `02${number.toString(16).padStart(10, '0').toUpperCase()}`
}

export function sampleDevice(number: number, more: Partial<NacDevice> = {}): NacDevice {
  return {
    guid: sampleGuid(number),
    group: 'acme',
    registered: true,
    compliant: true,
    macs: [sampleMac(number)],
    serial: `SN${number}`,
    hostName: `pc${number}.corp.example`,
    username: `corp\\user${number}`,
    manufacturer: 'Maker',
    model: 'Model 7',
    osVersion: 'Linux 6.1',
    diskEncrypted: true,
    pinLock: true,
    lastCheckinMs: 1_790_000_000_000 + number,
    ...more,
  }
}

export function deviceRecord(device: NacDevice): NacRecord {
  return { kind: 'device', id: device.guid, value: device }
}

export async function sampleAccount(more: Partial<NacAccount> = {}, password = 'right'): Promise<NacAccount> {
  return {
    id: 'ise',
    user: 'ise',
    kind: 'basic',
    right: 'read',
    secrets: [{ id: 's1', verifier: await makeVerifier(new Secret(password)) }],
    disabled: false,
    sources: [],
    certificates: [],
    actions: [],
    messages: false,
    ...more,
  }
}

export const sampleFacts: NacFacts = {
  id: 'nac',
  redirectUrl: 'https://console.example/enroll',
  queryMaxSize: 1000,
  serverBusyWaitSeconds: 0,
  messaging: true,
  fullWipe: false,
  actionsPerMinute: 60,
  missesPerMinute: 6000,
}

export const sampleGroups: readonly NacRecord[] = [
  { kind: 'group', id: 'acme', value: { id: 'acme', name: 'Acme' } },
  { kind: 'group', id: 'emea', value: { id: 'emea', name: 'EMEA', parent: 'acme' } },
  { kind: 'group', id: 'other', value: { id: 'other', name: 'Other' } },
]
