/**
 * Answers, as XML that every client reads: this order, lower case, no prefixes, no attributes.
 *
 * PacketFence's parser breaks on prefixes and on attributes; ISE copes with both. What
 * is not known about a device has no element: an element without a value would be
 * read as false.
 *
 * @module
 */
import { escapeXml } from '@sallygate/base/xml'
import type { ApiVersion } from './request.ts'

export const contentType = 'application/xml; charset=utf-8'

const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'

export interface InfoAnswer {
  readonly version: ApiVersion
  readonly apiPath: string
  readonly redirectUrl: string
  readonly queryMaxSize: number
  readonly messaging: boolean
  readonly vendor: string
  readonly product: string
  readonly productVersion: string
}

/** What is told about a device. Absent is unknown. */
export interface ToldDevice {
  readonly guid: string
  /** Twelve upper-case hex digits each. */
  readonly macs: readonly string[]
  readonly registered: boolean
  readonly compliant?: boolean
  readonly failureReason?: string
  readonly remediation?: string
  readonly diskEncrypted?: boolean
  readonly pinLock?: boolean
  readonly jailBroken?: boolean
  readonly manufacturer?: string
  readonly model?: string
  readonly imei?: string
  readonly meid?: string
  readonly udid?: string
  readonly serial?: string
  readonly osVersion?: string
  readonly phoneNumber?: string
  readonly lastCheckinMs?: number
}

/** A device in a list, under the identifiers it is listed with. */
export interface ListedDevice {
  readonly mac: string | undefined
  readonly guid: string | undefined
  readonly device: ToldDevice
}

export interface ListAnswer {
  readonly version: ApiVersion
  /** The token of the next page; 0 at the end. */
  readonly pagingInfo: number
  readonly busyWaitSeconds: number
  readonly filter: ReadonlySet<string> | undefined
  readonly devices: readonly ListedDevice[]
}

/** How it went for one device. */
export interface DeviceResult {
  readonly mac?: string | undefined
  readonly guid?: string | undefined
  readonly done: boolean
  readonly failureReason: string
}

export function writeInfo(info: InfoAnswer): string {
  return document(
    text('name', 'mdminfo') +
      number('api_version', info.version) +
      text('api_path', info.apiPath) +
      text('redirect_url', info.redirectUrl) +
      number('query_max_size', info.queryMaxSize) +
      truth('messaging_support', info.messaging) +
      text('vendor', info.vendor) +
      text('product_name', info.product) +
      text('product_version', info.productVersion),
  )
}

export function writeList(list: ListAnswer): string {
  let devices = ''
  for (const listed of list.devices) devices += writeDevice(listed, list)
  return document(
    text('name', 'attributes') +
      number('api_version', list.version) +
      number('paging_info', list.pagingInfo) +
      (list.version >= 3 ? number('server_busy_wait_seconds', list.busyWaitSeconds) : '') +
      `<deviceList>${devices}</deviceList>`,
  )
}

/** Of an action or of a message: what was done, and the element its outcome is in. */
export function writeResults(
  kind: 'action' | 'sendmessage',
  version: ApiVersion,
  results: readonly DeviceResult[],
): string {
  const status = kind === 'action' ? 'action_status' : 'message_status'
  const devices = results.map(
    ({ mac, guid, done, failureReason }) =>
      `<device>${text('macaddress', mac)}${text('guid', guid)}` +
      `<result>${truth(status, done)}<failure_reason>${escape(failureReason)}</failure_reason></result></device>`,
  )
  return document(`${text('name', kind)}${number('api_version', version)}<deviceList>${devices.join('')}</deviceList>`)
}

/** Nobody documents what an error looks like; the same dress, so that whoever reads a log can read it. */
export function writeError(code: string, says: string): string {
  return document(text('name', 'error') + text('code', code) + text('message', says))
}

interface Attribute {
  readonly name: string
  readonly since: ApiVersion
  readonly write: (device: ToldDevice) => string
}

const attributes: readonly Attribute[] = [
  { name: 'register_status', since: 1, write: (device) => truth('register_status', device.registered) },
  { name: 'compliance', since: 1, write: writeCompliance },
  { name: 'disk_encryption_on', since: 1, write: (device) => truth('disk_encryption_on', device.diskEncrypted) },
  { name: 'pin_lock_on', since: 1, write: (device) => truth('pin_lock_on', device.pinLock) },
  { name: 'jail_broken', since: 1, write: (device) => truth('jail_broken', device.jailBroken) },
  { name: 'manufacturer', since: 1, write: (device) => text('manufacturer', device.manufacturer) },
  { name: 'model', since: 1, write: (device) => text('model', device.model) },
  { name: 'imei', since: 1, write: (device) => text('imei', device.imei) },
  { name: 'meid', since: 2, write: (device) => text('meid', device.meid) },
  { name: 'udid', since: 2, write: (device) => text('udid', device.udid) },
  { name: 'serial_number', since: 1, write: (device) => text('serial_number', device.serial) },
  { name: 'os_version', since: 1, write: (device) => text('os_version', device.osVersion) },
  { name: 'phone_number', since: 1, write: (device) => text('phone_number', device.phoneNumber) },
  { name: 'lastCheckinTimeStamp', since: 3, write: (device) => number('lastCheckinTimeStamp', device.lastCheckinMs) },
  { name: 'guid', since: 3, write: (device) => text('guid', device.guid) },
  // At most five (contract 3.5): the newest, which is the order they come in.
  { name: 'macaddresses', since: 3, write: ({ macs }) => text('macaddresses', macs.slice(0, 5).join(',')) },
]

function writeDevice({ mac, guid, device }: ListedDevice, { version, filter }: ListAnswer): string {
  let told = ''
  for (const { name, since, write } of attributes)
    if (since <= version && (filter === undefined || filter.has(name))) told += write(device)
  return `<device>${text('macaddress', mac)}${text('guid', guid)}<attributes>${told}</attributes></device>`
}

/** A device that nobody has judged yet is not compliant, and says so. */
function writeCompliance({ compliant, failureReason, remediation }: ToldDevice): string {
  const reason = failureReason ?? (compliant === undefined ? 'Not evaluated yet' : '')
  return (
    `<compliance>${truth('status', compliant ?? false)}<failure_reason>${escape(reason)}</failure_reason>` +
    `<remediation>${escape(remediation ?? '')}</remediation></compliance>`
  )
}

function document(content: string): string {
  return `${prolog}<ise_api>${content}</ise_api>\n`
}

function text(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `<${name}>${escape(value)}</${name}>`
}

function number(name: string, value: number | undefined): string {
  return value === undefined ? '' : `<${name}>${value}</${name}>`
}

function truth(name: string, value: boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${value ? 'true' : 'false'}</${name}>`
}

// Nearly no value needs it, and a list may hold a hundred thousand of them.
// oxlint-disable-next-line no-control-regex -- the characters XML 1.0 section 2.2 has no place for are among them
const special = /[&<>"'\u0000-\u001f\ud800-\udfff\ufffe\uffff]/

function escape(value: string): string {
  return special.test(value) ? escapeXml(value) : value
}
