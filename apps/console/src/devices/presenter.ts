/**
 * @module
 */
import { factNames, printMac, strongKinds, type Fact, type Said } from '@sallygate/domain'
import type { DeviceCredential, ListedDevice, StoredDevice } from '@sallygate/store'
import type { z } from 'zod'
import { presentVerdict } from '../check-in/routes.ts'
import type { columns, deviceSchema, listedDeviceSchema } from './schema.ts'

type Listed = z.infer<typeof listedDeviceSchema>
type Shown = z.infer<typeof deviceSchema>

const day = (ms: number) => new Date(ms).toISOString()

/** @param names Of the groups, by id. */
export function presentListed(row: ListedDevice, names: ReadonlyMap<string, string>): Listed {
  const flag = (value: number | null) => (value === null ? undefined : value === 1)
  const text = (value: string) => (value === '' ? undefined : value)
  return defined({
    id: row.id,
    name: row.name,
    group: row.groupId,
    groupName: names.get(row.groupId) ?? '',
    state: row.state as Listed['state'],
    compliant: row.compliant === 1,
    failing: row.failing,
    failingPolicies: linesOf(row.failingPolicies),
    hostName: text(row.hostName),
    serial: text(row.serial),
    userName: text(row.userName),
    manufacturer: text(row.manufacturer),
    model: text(row.model),
    platform: text(row.platform),
    osVersion: text(row.osVersion),
    ownership: text(row.ownership),
    mac: row.mac === '' ? undefined : printMac(row.mac),
    macCount: row.macCount,
    randomMacs: row.randomMacs,
    diskEncrypted: flag(row.diskEncrypted),
    pinLocked: flag(row.pinLocked),
    jailBroken: flag(row.jailBroken),
    sources: linesOf(row.sources),
    enrolledAt: day(row.enrolledAt),
    lastReportAt: day(row.lastReportAt),
  })
}

/** One row of a CSV file. What nobody can tell is `unknown`: an empty cell reads like no. */
export function cellsOf(row: Listed, wanted: readonly (typeof columns)[number][]): readonly string[] {
  const canBeUnknown = new Set<string>(['diskEncrypted', 'pinLocked', 'jailBroken'])
  return wanted.map((column) => {
    const value = row[column]
    if (value === undefined) return canBeUnknown.has(column) ? 'unknown' : ''
    return Array.isArray(value) ? value.join('; ') : String(value)
  })
}

export function presentDevice(
  device: StoredDevice,
  names: ReadonlyMap<string, string>,
  credential: DeviceCredential | undefined,
): Shown {
  const { id, name, givenName, group, state, stateAtMs, verdict, nextEvaluationMs } = device
  const kinds = [...strongKinds, 'hostName'] as const
  const identifiers = kinds.flatMap((kind) => {
    const value = device[kind]
    return value === undefined ? [] : [[kind, value] as const]
  })
  const facts = factNames.flatMap((fact) => {
    const found: Fact | undefined = device.facts[fact]
    return found === undefined ? [] : [[fact, { ...presentSaid(found), source: found.source }] as const]
  })
  return defined({
    id,
    name,
    givenName,
    group,
    groupName: names.get(group) ?? '',
    state,
    stateAt: day(stateAtMs),
    identifiers: Object.fromEntries(identifiers),
    macs: device.macs.map(({ mac, firstSeenMs, lastSeenMs, isCurrent, isLocallyAdministered }) => ({
      mac: printMac(mac),
      firstSeenAt: day(firstSeenMs),
      lastSeenAt: day(lastSeenMs),
      isCurrent,
      isLocallyAdministered,
    })),
    facts: Object.fromEntries(facts),
    sources: device.statements.map((statement) => {
      const sourceId = device.sourceIds.find(({ source }) => source === statement.source)?.sourceId
      const said = Object.entries(statement.facts).map(([fact, word]) => [fact, presentSaid(word)] as const)
      const { source, atMs } = statement
      return defined({ source, at: day(atMs), sourceId, facts: Object.fromEntries(said) })
    }),
    verdict: presentVerdict(verdict),
    nextEvaluationAt: nextEvaluationMs === undefined ? undefined : day(nextEvaluationMs),
    enrolledAt: day(device.enrolledAtMs),
    lastReportAt: day(device.lastReportMs),
    agent: credential && presentAgent(credential),
  })
}

function presentAgent({ createdAt, lastUsedAt, user }: DeviceCredential) {
  return defined({ enrolledAt: createdAt.toISOString(), lastCheckInAt: lastUsedAt.toISOString(), user })
}

function presentSaid(said: Said & { readonly atMs: number }) {
  const at = day(said.atMs)
  return 'value' in said ? { value: said.value, isUnknown: false, at } : { isUnknown: true, at }
}

function linesOf(lines: string): string[] {
  return lines.split('\n').filter((line) => line !== '')
}

type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
}

function defined<T extends object>(value: T): Optional<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Optional<T>
}
