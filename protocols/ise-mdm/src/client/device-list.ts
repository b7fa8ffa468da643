/**
 * The answer to a device query: a page of devices and the token of the next one.
 *
 * What a server leaves out is `undefined`, never false: servers leave out much (Intune
 * sends little more than a verdict).
 *
 * @module
 */
import type { XmlElement } from '@sallygate/base/xml'
import { IseDocument, type Read } from './reader.ts'

export interface IseDevice {
  /** Lower case, without braces. */
  readonly guid: string | undefined
  /** Twelve upper-case hex digits each; the key's own first. */
  readonly macAddresses: readonly string[]
  readonly isRegistered: boolean | undefined
  readonly isCompliant: boolean | undefined
  readonly failureReason: string | undefined
  readonly remediation: string | undefined
  readonly isDiskEncrypted: boolean | undefined
  readonly hasPinLock: boolean | undefined
  readonly isJailBroken: boolean | undefined
  readonly manufacturer: string | undefined
  readonly model: string | undefined
  readonly imei: string | undefined
  readonly meid: string | undefined
  readonly udid: string | undefined
  readonly serialNumber: string | undefined
  readonly osVersion: string | undefined
  readonly phoneNumber: string | undefined
  readonly lastCheckInMs: number | undefined
}

export interface DevicePage {
  readonly devices: readonly IseDevice[]
  /** What to put into `paging` for the next page; `undefined` on the last. */
  readonly nextToken: string | undefined
  readonly busyWaitSeconds: number | undefined
}

/** @throws ISE_CLIENT_ANSWER_UNREADABLE. */
export function readDevicePage(body: Uint8Array): Read<DevicePage> {
  const document = new IseDocument(body, 'attributes')
  const list = document.child(document.root, 'devicelist')
  if (list === undefined)
    document.remark('There is no deviceList; an empty one is the way to say that nothing is known.')
  const token = document.text(document.root, 'paging_info')
  if (token !== undefined && !/^\d{1,18}$/.test(token)) document.remark('paging_info is not a whole number.')
  return {
    value: {
      devices: document.children(list, 'device').map((device) => readDevice(document, device)),
      nextToken: token === undefined || token === '0' ? undefined : token.slice(0, 200),
      busyWaitSeconds: document.integer(document.root, 'server_busy_wait_seconds'),
    },
    remarks: document.remarks,
  }
}

function readDevice(document: IseDocument, device: XmlElement): IseDevice {
  const attributes = document.child(device, 'attributes')
  const compliance = document.child(attributes, 'compliance')
  const text = (name: string) => document.text(attributes, name)
  const truth = (name: string) => document.truth(attributes, name)
  return {
    guid: plainGuid(text('guid') ?? document.text(device, 'guid')),
    macAddresses: macsOf(document, device, attributes),
    isRegistered: truth('register_status'),
    isCompliant: document.truth(compliance, 'status'),
    failureReason: document.text(compliance, 'failure_reason'),
    remediation: document.text(compliance, 'remediation'),
    isDiskEncrypted: truth('disk_encryption_on'),
    hasPinLock: truth('pin_lock_on'),
    isJailBroken: truth('jail_broken'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    imei: text('imei'),
    meid: text('meid'),
    udid: text('udid'),
    serialNumber: text('serial_number'),
    osVersion: text('os_version'),
    phoneNumber: text('phone_number'),
    lastCheckInMs: positive(document.integer(attributes, 'lastcheckintimestamp')),
  }
}

function macsOf(document: IseDocument, device: XmlElement, attributes: XmlElement | undefined): readonly string[] {
  const listed = document.text(attributes, 'macaddresses')?.split(/[,;\s]+/) ?? []
  const key = document.text(device, 'macaddress')
  const all = [...(key === undefined ? [] : [key]), ...listed]
  const macs = all.flatMap((text) => {
    const mac = plainMac(text)
    if (mac === undefined) document.remark('A MAC address is not twelve hex digits.')
    return mac ?? []
  })
  return [...new Set(macs)].slice(0, 64)
}

/** Twelve upper-case hex digits of a MAC address in any usual writing; `undefined` for anything else. */
export function plainMac(text: string): string | undefined {
  const digits = text.replace(/[:.\s-]/g, '').toUpperCase()
  return /^[0-9A-F]{12}$/.test(digits) ? digits : undefined
}

function plainGuid(text: string | undefined): string | undefined {
  return text?.replace(/^\{(.*)\}$/, '$1').toLowerCase()
}

/** 0 stands for *never*. */
function positive(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined || milliseconds <= 0 ? undefined : milliseconds
}
