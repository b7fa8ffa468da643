/**
 * A device of another MDM server as a report to the inventory: of ISE's dialect and of Workspace ONE's.
 *
 * @module
 */
import type { DeviceReport, SaidFacts, SaidIdentifiers } from '@sallygate/domain'
import type { IseDevice } from '@sallygate/protocol-ise-mdm'
import type { ReadDevice } from '@sallygate/protocol-workspace-one'

export interface SourceDevice {
  /** What the other server calls it; it never changes. */
  readonly sourceId: string
  readonly identifiers: SaidIdentifiers
  readonly facts: SaidFacts
  /** When the other server heard of it; now where it does not say. */
  readonly seenMs: number | undefined
}

/** @returns `undefined` for a device that is not enrolled there, or has no name at all. */
export function ofIse(device: IseDevice): SourceDevice | undefined {
  const { guid, macAddresses, isRegistered } = device
  const sourceId = guid ?? macAddresses[0]
  if (isRegistered === false || sourceId === undefined) return undefined
  return {
    sourceId,
    identifiers: {
      serial: device.serialNumber,
      udid: device.udid,
      imei: device.imei,
      meid: device.meid,
      macs: macAddresses.length === 0 ? undefined : macAddresses,
    },
    facts: facts({
      compliantAtSource: truth(device.isCompliant),
      failureAtSource: text(device.failureReason),
      remediationAtSource: text(device.remediation),
      diskEncrypted: truth(device.isDiskEncrypted),
      pinLocked: truth(device.hasPinLock),
      jailBroken: truth(device.isJailBroken),
      manufacturer: text(device.manufacturer),
      model: text(device.model),
      osVersion: text(device.osVersion),
      phoneNumber: text(device.phoneNumber),
    }),
    seenMs: device.lastCheckInMs,
  }
}

/** @returns `undefined` for a device that is not enrolled there. */
export function ofWorkspaceOne(device: ReadDevice): SourceDevice | undefined {
  if (!device.isEnrolled) return undefined
  return {
    sourceId: device.sourceId,
    identifiers: {
      serial: device.serial,
      udid: device.udid,
      imei: device.imei,
      hostName: device.hostName,
      macs: device.macs.length === 0 ? undefined : device.macs,
    },
    facts: facts({
      compliantAtSource: truth(device.isCompliant),
      failureAtSource: text(device.failing.length === 0 ? undefined : device.failing.join(', ')),
      diskEncrypted: truth(device.isEncrypted),
      jailBroken: truth(device.isCompromised),
      model: text(device.model),
      platform: text(device.platform),
      osVersion: text(device.osVersion),
      phoneNumber: text(device.phoneNumber),
      userName: text(device.userName),
      userEmail: text(device.userEmail),
      ownership: text(device.ownership),
    }),
    seenMs: device.lastSeenMs,
  }
}

export function reportOf(device: SourceDevice, source: string, group: string, nowMs: number): DeviceReport {
  const { sourceId, identifiers, facts: said, seenMs } = device
  return {
    group,
    source: sourceName(source),
    sourceId,
    identifiers,
    facts: said,
    atMs: Math.min(seenMs ?? nowMs, nowMs),
  }
}

export function sourceName(id: string): string {
  return `federated:${id}`
}

/** The other server was asked and does not know: unknown, and never false. */
function truth(value: boolean | undefined) {
  return value === undefined ? ({ unknown: true } as const) : { value }
}

function text(value: string | undefined) {
  return value === undefined ? undefined : { value }
}

function facts(all: { readonly [N in keyof SaidFacts]: SaidFacts[N] | undefined }): SaidFacts {
  return Object.fromEntries(Object.entries(all).filter(([, fact]) => fact !== undefined)) as SaidFacts
}
