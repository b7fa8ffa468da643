/**
 * The narrow row of a device: what lists show, and what is searched, filtered, counted and sorted by.
 *
 * @module
 */
import { printMac, valueOf, type FactName } from '@sallygate/domain'
import type { StoredDevice } from './devices.ts'
import { foldName } from './names.ts'
import type { Schema } from './schema.ts'

/** Longer than what people search for; a row has to stay narrow. */
const mostSearch = 1500

export function rowOf(device: StoredDevice): Schema['devices'] {
  const { facts, verdict, macs, statements } = device
  const text = (name: FactName) => String(valueOf(facts, name) ?? '')
  const flag = (name: FactName) => {
    const value = valueOf(facts, name)
    return value === undefined ? null : Number(value)
  }
  const current = macs.filter(({ isCurrent }) => isCurrent)
  return {
    id: device.id,
    groupId: device.group,
    state: device.state,
    name: device.name,
    nameKey: foldName(device.name),
    hostName: device.hostName ?? '',
    serial: device.serial ?? '',
    userName: text('userName'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    platform: text('platform'),
    osVersion: text('osVersion'),
    ownership: text('ownership'),
    mac: current[0]?.mac ?? '',
    macCount: current.length,
    randomMacs: current.filter(({ isLocallyAdministered }) => isLocallyAdministered).length,
    diskEncrypted: flag('diskEncrypted'),
    pinLocked: flag('pinLocked'),
    jailBroken: flag('jailBroken'),
    compliant: verdict.compliant ? 1 : 0,
    failing: verdict.failing.length,
    failingPolicies: listed(verdict.failing.map(({ policy }) => policy)),
    sources: listed(statements.map(({ source }) => source)),
    search: searchOf(device),
    enrolledAt: device.enrolledAtMs,
    lastReportAt: device.lastReportMs,
    stateAt: device.stateAtMs,
    // A deleted device is evaluated no more.
    nextEvaluationAt: device.state === 'deleted' ? null : (device.nextEvaluationMs ?? null),
  }
}

/** Each on a line of its own, so that one can be found whole. */
export function listed(items: readonly string[]): string {
  const lines = [...new Set(items)]
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`
}

function searchOf({ id, name, serial, uuid, udid, imei, meid, hostName, macs, facts }: StoredDevice): string {
  const said = (['userName', 'userEmail', 'manufacturer', 'model', 'phoneNumber', 'osName'] as const).map((fact) =>
    valueOf(facts, fact),
  )
  const addresses = macs.slice(0, 16).flatMap(({ mac }) => [mac, printMac(mac)])
  const words = [id, name, hostName, serial, uuid, udid, imei, meid, ...said, ...addresses]
  return searched(words.filter((word) => word !== undefined && word !== '').join('\n')).slice(0, mostSearch)
}

/** How a text is compared in a search. */
export function searched(text: string): string {
  return text.normalize('NFC').toLowerCase().toWellFormed()
}
