/**
 * What the console tells nac: the records of the feed.
 *
 * Flat, and only what a NAC may be told. No secret but password verifiers. What is
 * not known about a device is absent, never false.
 *
 * @module
 */
import { consoleMarkPattern, mostConsoleMarks } from './console-marks.ts'
import type { Check, Shape } from './shape.ts'
import { boolean, instant, list, oneOf, shaped, string, whole } from './shape.ts'

/** A device as a NAC sees it. */
export interface NacDevice {
  /** The device's id, a UUID in lower case. */
  readonly guid: string
  /** Its organization group; above it is whatever the group records say. */
  readonly group: string
  /** False for what was unenrolled or wiped; such a device is told as if it were not there, where the protocol asks for that. */
  readonly registered: boolean
  /** Absent: never evaluated, and so not compliant. */
  readonly compliant?: boolean
  /** Names of the rules that fail and why, for people. */
  readonly failureReason?: string
  readonly remediation?: string
  /** Policies that fail, for clients that list them. */
  readonly failing?: readonly NacFailing[]
  readonly evaluatedAtMs?: number
  /** Twelve upper-case hex digits each, newest first. */
  readonly macs: readonly string[]
  readonly diskEncrypted?: boolean
  readonly pinLock?: boolean
  readonly jailBroken?: boolean
  readonly manufacturer?: string
  readonly model?: string
  readonly platform?: string
  /** Free text, such as `iOS 18.1`. */
  readonly osVersion?: string
  readonly serial?: string
  readonly udid?: string
  readonly imei?: string
  readonly meid?: string
  readonly phoneNumber?: string
  readonly hostName?: string
  /** What people call it. */
  readonly name?: string
  readonly username?: string
  readonly email?: string
  readonly ownership?: 'corporate' | 'employee' | 'shared'
  readonly lastCheckinMs?: number
  readonly enrolledAtMs?: number
}

export interface NacFailing {
  readonly policy: string
  readonly rule: string
  readonly says?: string
}

/** One password of a basic account. Two may hold while one replaces the other. */
export interface NacSecret {
  readonly id: string
  /** argon2id, as the console's own password hashes are written. */
  readonly verifier: string
  /** After that it is refused. */
  readonly notAfterMs?: number
}

export const nacActions = ['pin_lock', 'corporate_wipe', 'full_wipe'] as const
export type NacAction = (typeof nacActions)[number]

/** Who may ask. */
export interface NacAccount {
  readonly id: string
  /** Plain, or `DOMAIN\user` for a directory account. */
  readonly user: string
  readonly kind: 'basic' | 'directory'
  /** The role REST API MDM: to ask, or also to act. */
  readonly right: 'read' | 'edit'
  /** Root of what it sees; absent for everything. */
  readonly group?: string
  readonly secrets: readonly NacSecret[]
  readonly disabled: boolean
  readonly expiresAtMs?: number
  /** Addresses and networks it may come from; empty for anywhere. */
  readonly sources: readonly string[]
  /** SHA-256 of client certificates, hex; where there is one, one of them has to be shown. */
  readonly certificates: readonly string[]
  /** What it may do to devices with the edit right. */
  readonly actions: readonly NacAction[]
  readonly messages: boolean
}

export interface NacGroup {
  readonly id: string
  readonly name: string
  readonly parent?: string
}

/** What holds for the whole nac. */
export interface NacFacts {
  readonly id: 'nac'
  readonly redirectUrl: string
  readonly queryMaxSize: number
  readonly serverBusyWaitSeconds: number
  readonly messaging: boolean
  /** Wiping a whole device, by any account. Off unless somebody said otherwise. */
  readonly fullWipe: boolean
  readonly actionsPerMinute: number
  /** Queries a minute of one account that find nothing, before it is capped and the alarm is raised. */
  readonly missesPerMinute: number
  /** Marks of the consoles that this one reads from through its sources, and of those they read from. */
  readonly readsFrom?: readonly string[]
}

export interface NacValues {
  readonly device: NacDevice
  readonly account: NacAccount
  readonly group: NacGroup
  readonly settings: NacFacts
}

export type NacKind = keyof NacValues
export const nacKinds: readonly NacKind[] = ['group', 'settings', 'account', 'device']

/** What changed. Without a value, the thing is gone. */
export type NacRecord = {
  readonly [K in NacKind]: { readonly kind: K; readonly id: string; readonly value?: NacValues[K] }
}[NacKind]

/** With its place in the feed. */
export type NacEntry = NacRecord & { readonly number: number }

const id = string(64, /^[0-9a-zA-Z_-]{1,64}$/)
const guid = string(36, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const mac = string(12, /^[0-9A-F]{12}$/)
const words = string(1000)
const label = string(256)

const device: Shape = {
  required: { guid, group: id, registered: boolean, macs: list(mac, 64) },
  optional: {
    compliant: boolean,
    failureReason: words,
    remediation: words,
    failing: list(shaped({ required: { policy: label, rule: label }, optional: { says: words } }), 16),
    evaluatedAtMs: instant,
    diskEncrypted: boolean,
    pinLock: boolean,
    jailBroken: boolean,
    manufacturer: label,
    model: label,
    platform: label,
    osVersion: label,
    serial: label,
    udid: label,
    imei: label,
    meid: label,
    phoneNumber: label,
    hostName: label,
    name: label,
    username: label,
    email: label,
    ownership: oneOf('corporate', 'employee', 'shared'),
    lastCheckinMs: instant,
    enrolledAtMs: instant,
  },
}

const secret: Check = shaped({
  required: { id, verifier: string(300, /^\$argon2id\$/) },
  optional: { notAfterMs: instant },
})

const account: Shape = {
  required: {
    id,
    user: string(256),
    kind: oneOf('basic', 'directory'),
    right: oneOf('read', 'edit'),
    secrets: list(secret, 2),
    disabled: boolean,
    sources: list(string(64), 64),
    certificates: list(string(64, /^[0-9a-f]{64}$/), 16),
    actions: list(oneOf(...nacActions), 3),
    messages: boolean,
  },
  optional: { group: id, expiresAtMs: instant },
}

const group: Shape = { required: { id, name: label }, optional: { parent: id } }

const settings: Shape = {
  required: {
    id: oneOf('nac'),
    redirectUrl: string(2000),
    queryMaxSize: whole(1, 20_000),
    serverBusyWaitSeconds: whole(0, 3600),
    messaging: boolean,
    fullWipe: boolean,
    actionsPerMinute: whole(0, 10_000),
    missesPerMinute: whole(1, 1_000_000),
  },
  optional: { readsFrom: list(string(32, consoleMarkPattern), mostConsoleMarks) },
}

export const nacShapes: Readonly<Record<NacKind, Shape>> = { device, account, group, settings }

/** The member that says which thing a value is about. */
export function nacIdOf(kind: NacKind, value: NacValues[NacKind]): string {
  return kind === 'device' ? (value as NacDevice).guid : (value as NacAccount | NacGroup | NacFacts).id
}
