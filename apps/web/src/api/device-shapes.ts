/**
 * Devices, their commands and the policies for them, as far as a screen shows them.
 *
 * @module
 */

export type DeviceState = 'enrolled' | 'unenrolled' | 'wipePending' | 'wiped' | 'deleted'

export type Severity = 'low' | 'medium' | 'high'

/** A row of the list. What nobody can tell is left out. */
export interface ListedDevice {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly groupName: string
  readonly state: DeviceState
  readonly compliant: boolean
  readonly failing: number
  readonly failingPolicies: readonly string[]
  readonly hostName?: string
  readonly serial?: string
  readonly userName?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly platform?: string
  readonly osVersion?: string
  readonly ownership?: string
  readonly mac?: string
  readonly macCount: number
  readonly randomMacs: number
  readonly diskEncrypted?: boolean
  readonly pinLocked?: boolean
  readonly jailBroken?: boolean
  readonly sources: readonly string[]
  readonly enrolledAt: string
  readonly lastReportAt: string
}

export interface Count {
  readonly value: string
  readonly count: number
}

export interface DeviceFacets {
  readonly total: number
  readonly state: readonly Count[]
  readonly compliant: readonly Count[]
  readonly platform: readonly Count[]
  readonly ownership: readonly Count[]
}

export interface FailingRule {
  readonly policy: string
  readonly rule: string
  readonly says: string
  readonly remediation: string
  readonly severity: Severity
  readonly countsForAccess: boolean
  /** It fails because nobody can tell. */
  readonly isUnknown: boolean
}

export interface SaidFact {
  readonly value?: boolean | string
  readonly isUnknown: boolean
  readonly at: string
}

export interface KnownMac {
  readonly mac: string
  readonly firstSeenAt: string
  readonly lastSeenAt: string
  readonly isCurrent: boolean
  readonly isLocallyAdministered: boolean
}

export interface Device {
  readonly id: string
  readonly name: string
  readonly givenName?: string
  readonly group: string
  readonly groupName: string
  readonly state: DeviceState
  readonly stateAt: string
  readonly identifiers: Readonly<Record<string, string>>
  readonly macs: readonly KnownMac[]
  readonly facts: Readonly<Record<string, (SaidFact & { readonly source: string }) | undefined>>
  readonly sources: readonly {
    readonly source: string
    readonly at: string
    readonly sourceId?: string
    readonly facts: Readonly<Record<string, SaidFact>>
  }[]
  readonly verdict: {
    readonly compliant: boolean
    readonly failing: readonly FailingRule[]
    readonly evaluatedAt: string
  }
  readonly nextEvaluationAt?: string
  readonly enrolledAt: string
  readonly lastReportAt: string
  /** An agent of ours runs on it and takes commands. */
  readonly agent?: { readonly enrolledAt: string; readonly lastCheckInAt: string; readonly user?: string }
}

export interface DeviceCatalogue {
  readonly facts: readonly { readonly name: string; readonly kind: 'boolean' | 'text'; readonly says: string }[]
}

export interface DeviceHistoryRow {
  readonly number: number
  readonly at: string
  readonly kind: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}

export interface RandomMacs {
  readonly devices: number
  readonly withRandom: number
  readonly onlyRandom: number
  readonly withoutMac: number
  readonly platforms: readonly {
    readonly platform: string
    readonly devices: number
    readonly withRandom: number
    readonly onlyRandom: number
    readonly withoutMac: number
  }[]
}
