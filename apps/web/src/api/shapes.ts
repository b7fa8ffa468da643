/**
 * What the console's API answers, as far as a screen shows it.
 *
 * The console's schemas decide; these are the same shapes seen from outside, by a
 * client that could be anybody's.
 *
 * @module
 */
import type { ServiceState } from './service-shapes.ts'
import type { Thumbprints } from './certificate-shapes.ts'

export interface Setup {
  readonly isNeeded: boolean
  readonly isSignedIn: boolean
}

export interface Failure {
  readonly code: string
  readonly says: string
  readonly fix: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}

/** A failure that is told of something else. */
export interface ToldFailure {
  readonly code: string
  readonly says: string
  readonly fix: string
}

export interface Warning {
  readonly code: string
  readonly level: 'red' | 'yellow'
  readonly says: string
  readonly fix: string
  readonly about?: string
}

export type RelayState = 'off' | 'connecting' | 'attached' | 'waiting' | 'refused' | 'draining' | 'stopped'

export interface Status {
  readonly version: string
  readonly console: string
  readonly relay: { readonly state: RelayState; readonly url?: string; readonly failure?: Failure }
  readonly groups: number
  readonly connectors: { readonly attached: number; readonly total: number }
  readonly warnings: readonly Warning[]
  readonly hasSampleOffice: boolean
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly parent?: string
  readonly createdAt: string
}

export type Work = 'active' | 'draining' | 'maintenance'

export interface Connector {
  readonly id: string
  readonly name: string
  readonly state: 'live' | 'draining' | 'maintenance' | 'attached' | 'away' | 'revoked' | 'expired'
  /** What an administrator lets it do. */
  readonly wanted: { readonly state: Work; readonly weight: number; readonly changedAt?: string }
  readonly software?: string
  readonly enrolledAt: string
  readonly lastSeen?: string
  readonly inFlight: number
  readonly latencyMs: number
  readonly policyDigest?: string
  readonly trustSetNumber?: number
  readonly services: readonly {
    readonly service: string
    readonly state: ServiceState
    readonly generation: number
    readonly says: string
    readonly fix: string
  }[]
  readonly operations: readonly string[]
  readonly cloneAlarm: boolean
  readonly clone?: { readonly since: string; readonly isCertain: boolean; readonly says: string; readonly fix: string }
  readonly certificate: { readonly thumbprints: Thumbprints; readonly notAfter: string }
}

export interface EnrollmentCode {
  readonly code: string
  readonly expiresAt: string
  readonly command: string
}

export interface Installer {
  readonly fileName: string
  readonly installer: string
  readonly certificatePassword?: string
  readonly uses: number
  readonly expiresAt: string
}

export interface LoggedRequest {
  readonly position: number
  readonly at: string
  readonly requestId: string
  readonly operation: string
  readonly component: string
  readonly outcome: string
  readonly connector?: string
  readonly requestDigest: string
  readonly replyDigest?: string
}

export interface ChainVerdict {
  readonly ok: boolean
  readonly rows: number
  readonly head?: string
  readonly says?: string
}

export interface Relay {
  readonly enabled: boolean
  readonly externalUrl?: string
  readonly internalUrl?: string
  readonly tlsCa?: string
  readonly state: RelayState
  readonly failure?: Failure
}

/** Named so that it is not the browser's. */
export interface GateEvent {
  readonly number: number
  readonly id: string
  readonly at: string
  readonly severity: string
  readonly says: string
  readonly fix?: string
  readonly about?: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}
