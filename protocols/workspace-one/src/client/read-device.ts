/**
 * A device of Workspace ONE, read tolerantly: what is missing or of another type is unknown.
 *
 * @module
 */

export interface ReadDevice {
  /** Uuid, or the number of servers that have none. It never changes. */
  readonly sourceId: string
  readonly serial: string | undefined
  readonly udid: string | undefined
  readonly imei: string | undefined
  readonly hostName: string | undefined
  readonly macs: readonly string[]
  readonly isEnrolled: boolean
  readonly isCompliant: boolean | undefined
  /** The names of policies that are not kept. */
  readonly failing: readonly string[]
  readonly isCompromised: boolean | undefined
  readonly isEncrypted: boolean | undefined
  readonly model: string | undefined
  readonly platform: string | undefined
  readonly osVersion: string | undefined
  readonly phoneNumber: string | undefined
  readonly userName: string | undefined
  readonly userEmail: string | undefined
  readonly ownership: 'corporate' | 'employee' | 'shared' | undefined
  readonly lastSeenMs: number | undefined
}

type Members = Readonly<Record<string, unknown>>

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 500) : undefined
}

/** @returns `undefined` for what has no name by which it could be found again. */
export function readUemDevice(value: unknown): ReadDevice | undefined {
  const device = members(value)
  const number = members(device['Id'])['Value']
  const sourceId = text(device['Uuid'])?.toLowerCase() ?? (typeof number === 'number' ? `id:${number}` : undefined)
  if (sourceId === undefined) return undefined
  const compliance = text(device['ComplianceStatus'])
  return {
    sourceId,
    serial: text(device['SerialNumber']),
    udid: text(device['Udid']),
    imei: text(device['Imei']),
    hostName: text(device['HostName']) ?? text(device['DeviceReportedName']),
    macs: macsOf(device),
    isEnrolled: text(device['EnrollmentStatus'])?.toLowerCase() === 'enrolled',
    isCompliant: compliance === 'Compliant' ? true : compliance === 'NonCompliant' ? false : undefined,
    failing: failingOf(device),
    isCompromised: typeof device['CompromisedStatus'] === 'boolean' ? device['CompromisedStatus'] : undefined,
    isEncrypted: yesNo(device['DataEncryptionYN']),
    model: text(device['Model']),
    platform: platformOf(text(device['Platform'])),
    osVersion: text(device['OperatingSystem']),
    phoneNumber: text(device['PhoneNumber']),
    userName: text(device['UserName']),
    userEmail: text(device['UserEmailAddress']),
    ownership: ownerships[text(device['Ownership']) ?? ''],
    lastSeenMs: dateOf(text(device['LastSeen'])),
  }
}

function macsOf(device: Members): readonly string[] {
  const networks = list(device['DeviceNetworkInfo']).map((one) => text(members(one)['MACAddress']))
  const all = [text(device['MacAddress']), ...networks].filter((mac) => mac !== undefined)
  return [...new Set(all)].slice(0, 64)
}

function failingOf(device: Members): readonly string[] {
  return list(members(device['ComplianceSummary'])['DeviceCompliance'])
    .map(members)
    .filter((one) => one['CompliantStatus'] === false)
    .flatMap((one) => text(one['PolicyName']) ?? [])
    .slice(0, 20)
}

function yesNo(value: unknown): boolean | undefined {
  const word = text(value)?.toUpperCase()
  return word === 'Y' ? true : word === 'N' ? false : undefined
}

const ownerships: Readonly<Record<string, ReadDevice['ownership']>> = { C: 'corporate', E: 'employee', S: 'shared' }

function platformOf(name: string | undefined): string | undefined {
  const word = name?.toLowerCase()
  if (word === undefined) return undefined
  if (word.includes('apple') && word.includes('mac')) return 'macos'
  if (word.includes('apple')) return 'ios'
  if (word.includes('win')) return 'windows'
  return word.slice(0, 40)
}

/** Without a zone, in UTC. */
function dateOf(written: string | undefined): number | undefined {
  if (written === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(written)) return undefined
  const ms = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(written) ? written : `${written}Z`)
  return Number.isNaN(ms) ? undefined : ms
}
