/**
 * A device, as everybody sees it who asks the inventory.
 *
 * Shapes only: how they come about is in the files beside this one, and where they are
 * kept is not known here.
 *
 * @module
 */
import type { Facts, SaidFacts } from './facts.ts'
import type { SaidIdentifiers } from './identifiers.ts'
import type { Mac } from './mac.ts'

/** A UUID, version 4, in lower case. It is what `guid` is in Cisco's API. */
export type DeviceId = string

/**
 * `unenrolled` and `deleted` are left by a new enrollment only; `wiped` too. Network access
 * control sees devices that are `enrolled` or `wipePending`: a wipe that waits has not happened, and the
 * device has to reach the console to hear of it. All others are unknown to it.
 */
export const deviceStates = ['enrolled', 'unenrolled', 'wipePending', 'wiped', 'deleted'] as const
export type DeviceState = (typeof deviceStates)[number]

export interface KnownMac {
  readonly mac: Mac
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly isLocallyAdministered: boolean
  /** The newest report of some source has it. The others are history. */
  readonly isCurrent: boolean
}

export const severities = ['low', 'medium', 'high'] as const
export type Severity = (typeof severities)[number]

/** One rule that is not kept. */
export interface FailingRule {
  /** The policy's name. */
  readonly policy: string
  /** What the rule asks for, in a few words. */
  readonly rule: string
  /** What is so instead. */
  readonly says: string
  /** What its user can do. */
  readonly remediation: string
  readonly severity: Severity
  /** Whether it keeps the device off the network, or is only shown. */
  readonly countsForAccess: boolean
  /** It fails because nobody can tell, not because it is known to be so. */
  readonly isUnknown: boolean
}

export interface Verdict {
  /** For network access: no rule that counts fails. */
  readonly compliant: boolean
  readonly failing: readonly FailingRule[]
  readonly evaluatedAtMs: number
}

export interface Device {
  readonly id: DeviceId
  /** The organization group it belongs to. */
  readonly group: string
  readonly state: DeviceState
  /** What people call it: given by an administrator, or its host name, serial number, or id. */
  readonly name: string
  readonly serial?: string
  readonly uuid?: string
  readonly udid?: string
  readonly imei?: string
  readonly meid?: string
  readonly hostName?: string
  /** Current ones first, then by when they were last seen. */
  readonly macs: readonly KnownMac[]
  readonly facts: Facts
  readonly verdict: Verdict
  readonly enrolledAtMs: number
  /** The newest report of any source. */
  readonly lastReportMs: number
}

/**
 * What a source observed of one device. The inventory's only way in.
 *
 * `source` is `hub`, `fusionInventory`, or `federated:` and the id of the source.
 */
export interface DeviceReport {
  /** Where the source stands: it reaches devices of this group and below, and new ones are made here. */
  readonly group: string
  readonly source: string
  /** What the source itself calls the device, if that never changes. */
  readonly sourceId?: string | undefined
  /** Known from the credential that the report came with. */
  readonly device?: DeviceId | undefined
  readonly identifiers: SaidIdentifiers
  readonly facts: SaidFacts
  /** When it was observed, in milliseconds since 1970. What lies in the future is now. */
  readonly atMs: number
}
