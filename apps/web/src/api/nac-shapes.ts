/**
 * nac, its accounts and certificates, and other inventories, as far as a screen shows them.
 *
 * @module
 */
import type { Thumbprints } from './certificate-shapes.ts'

export interface NacNode {
  readonly account: string
  readonly user: string
  readonly source: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly lastInfoMs?: number
  readonly lastPollMs?: number
  readonly requests: number
  readonly notFound: number
  readonly malformed: number
  /** Answers that took more than 200 ms. */
  readonly slow: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly lastError?: string
}

export interface Nac {
  readonly id: string
  readonly name: string
  readonly heardAt: string
  readonly isSilent: boolean
  readonly version: string
  readonly upSince: string
  readonly url: string
  readonly devices: number
  readonly nonCompliant: number
  /** How old its picture of the console is; -1 where it never had one. */
  readonly ageSeconds: number
  readonly memoryBytes: number
  readonly waitingActions: number
  readonly certificate?: {
    readonly thumbprints: Thumbprints
    readonly notAfter: string
    readonly daysLeft: number
  }
  readonly nodes: readonly NacNode[]
}

export interface NacCertificates {
  readonly authority: { readonly pem: string; readonly thumbprints: Thumbprints; readonly notAfter: string }
  readonly servers: readonly {
    readonly nac: string
    readonly chain: string
    readonly thumbprints: Thumbprints
    readonly notAfter: string
    readonly daysLeft: number
  }[]
}

export type NacAction = 'pin_lock' | 'corporate_wipe' | 'full_wipe'

export interface NacAccount {
  readonly id: string
  readonly user: string
  readonly kind: 'basic' | 'directory'
  readonly group?: string
  readonly right: 'read' | 'edit'
  readonly sources: readonly string[]
  readonly certificates: readonly string[]
  readonly actions: readonly NacAction[]
  readonly messages: boolean
  readonly disabled: boolean
  readonly expiresAt?: string
  readonly secrets: readonly { readonly id: string; readonly notAfter?: string }[]
}

export interface MadeNacAccount extends NacAccount {
  readonly secret?: string
}

export interface NacSettings {
  readonly redirectUrl: string
  readonly queryMaxSize: number
  readonly serverBusyWaitSeconds: number
  readonly messaging: boolean
  readonly fullWipe: boolean
  readonly actionsPerMinute: number
  readonly missesPerMinute: number
}

export interface ProbeReport {
  readonly verdict: 'ok' | 'warning' | 'failed'
  readonly rows: readonly {
    readonly target: string
    readonly result: 'ok' | 'warning' | 'failed' | 'skipped'
    readonly says: string
    readonly fix: string
    readonly durationMs: number
    readonly iseReason?: string
  }[]
  readonly certificates?: readonly {
    readonly subject: string
    readonly issuer: string
    readonly daysLeft: number
    readonly thumbprint: string
  }[]
  readonly total?: number
  readonly nonCompliant?: number
  readonly latency?: {
    readonly count: number
    readonly p50Ms: number
    readonly p99Ms: number
    readonly maxMs: number
    /** Of them took more than 200 ms. */
    readonly late: number
  }
}
