/**
 * What nac is told of a device: flat, what is unknown left out, and only addresses that name it.
 *
 * Times that change with every report are told by the hour: a hundred thousand devices
 * that check in four times an hour would otherwise fill the feed with nothing.
 *
 * @module
 */
import {
  plainText,
  valueOf,
  type FactName,
  type FailingRule,
  type KnownMac,
  type NacDevice,
  type NacRecord,
} from '@sallygate/domain'
import type { MacHolder, StoredDevice } from '@sallygate/store'
import type { GroupRules } from './rule-book.ts'

const hourMs = 3_600_000
const mostWords = 1000
const mostLabel = 256
const mostMacs = 64
const mostFailing = 16

/** @param macs Those that name it; see `answeringMacs`. */
export function nacRecordOf(device: StoredDevice, macs: readonly string[]): NacRecord {
  const { id, state } = device
  if (state === 'deleted') return { kind: 'device', id }
  return { kind: 'device', id, value: flatOf(device, macs) }
}

function flatOf(device: StoredDevice, macs: readonly string[]): NacDevice {
  const { facts, verdict, serial, udid, imei, meid, hostName } = device
  const counting = verdict.failing.filter(({ countsForAccess }) => countsForAccess)
  const text = (name: FactName) => {
    const value = valueOf(facts, name)
    return typeof value === 'string' ? value.slice(0, mostLabel).toWellFormed() : undefined
  }
  const os = [text('osName'), text('osVersion')].filter((word) => word !== undefined).join(' ')
  return withoutUndefined({
    guid: device.id,
    group: device.group,
    registered: isRegistered(device),
    compliant: verdict.compliant,
    failureReason: counting.length === 0 ? undefined : sentences(counting.map(reasonOf)),
    remediation: sentences([...new Set(counting.map(({ remediation }) => remediation))]),
    failing: counting.length === 0 ? undefined : counting.slice(0, mostFailing).map(failingOf),
    evaluatedAtMs: byTheHour(verdict.evaluatedAtMs),
    macs,
    diskEncrypted: valueOf(facts, 'diskEncrypted'),
    pinLock: valueOf(facts, 'pinLocked'),
    jailBroken: valueOf(facts, 'jailBroken'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    platform: text('platform'),
    osVersion: os === '' ? undefined : os.slice(0, mostLabel).toWellFormed(),
    serial,
    udid,
    imei,
    meid,
    phoneNumber: text('phoneNumber'),
    hostName,
    name: plainText(device.name, mostLabel),
    username: text('userName'),
    email: text('userEmail'),
    ownership: text('ownership') as NacDevice['ownership'],
    lastCheckinMs: byTheHour(device.lastReportMs),
    enrolledAtMs: device.enrolledAtMs,
  })
}

export function isRegistered({ state }: Pick<StoredDevice, 'state'>): boolean {
  return state === 'enrolled' || state === 'wipePending'
}

/**
 * The addresses by which a device is found: those it has, and those it had until a while ago, because an adapter
 * that is plugged in again asks for the network before its device can report it.
 *
 * Of an address that several devices of a group have or had, the one answers that was seen with it last; of one that
 * very many have, nobody. Devices of other groups change nothing here: what a group says must not reach another.
 */
export function answeringMacs(
  device: StoredDevice,
  holders: ReadonlyMap<string, readonly MacHolder[] | 'many'>,
  rules: GroupRules,
  nowMs: number,
): readonly string[] {
  return recentMacs(device, rules, nowMs)
    .filter((one) => {
      const others = holders.get(one.mac) ?? []
      if (others === 'many') return false
      return !others.some(
        (other) => other.group === device.group && isRegisteredState(other) && isBefore(other, one, device.id),
      )
    })
    .map(({ mac }) => mac)
    .slice(0, mostMacs)
}

export function recentMacs({ macs }: StoredDevice, rules: GroupRules, nowMs: number): readonly KnownMac[] {
  return macs.filter(
    ({ mac, isCurrent, lastSeenMs }) =>
      !rules.ignoredMacs.has(mac) && (isCurrent || nowMs - lastSeenMs <= rules.macMemoryMs),
  )
}

function isRegisteredState({ state }: MacHolder): boolean {
  return state === 'enrolled' || state === 'wipePending'
}

/** Whether another device has the better claim to an address. */
function isBefore(other: MacHolder, own: KnownMac, id: string): boolean {
  if (other.isCurrent !== own.isCurrent) return other.isCurrent
  if (other.lastSeenMs !== own.lastSeenMs) return other.lastSeenMs > own.lastSeenMs
  return other.device < id
}

const reasonOf = ({ policy, rule, says }: FailingRule) => `${policy}: ${says} (${rule})`

function failingOf({ policy, rule, says }: FailingRule) {
  const cut = (text: string) => plainText(text, mostLabel)
  return { policy: cut(policy), rule: cut(rule), says: plainText(says, mostWords) }
}

/** As many as fit whole. */
function sentences(all: readonly string[]): string | undefined {
  let text = ''
  for (const one of all.filter((sentence) => sentence !== '')) {
    const next = text === '' ? one : `${text}; ${one}`
    if (next.length > mostWords) return text === '' ? plainText(one, mostWords) : text
    text = next
  }
  return text === '' ? undefined : text.toWellFormed()
}

const byTheHour = (ms: number) => Math.max(0, Math.floor(ms / hourMs) * hourMs)

function withoutUndefined<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}
