/**
 * What the console's API answers, as far as a screen shows it.
 *
 * The console's schemas decide; these are the same shapes seen from outside, by a
 * client that could be anybody's.
 *
 * @module
 */

export interface Setup {
  readonly isNeeded: boolean
}

export interface Session {
  readonly admin: { readonly id: string; readonly name: string; readonly kind: 'local' | 'directory' | 'apiKey' }
  /** `noun:read` and `noun:edit`, in any group. */
  readonly resources: readonly string[]
  /** Where each of them counts: a group and below, or everywhere. */
  readonly grants: readonly { readonly group?: string; readonly resources: readonly string[] }[]
  readonly hasTotp?: boolean
  readonly hasPin?: boolean
  readonly accountExpiresAt?: string
  readonly expiresAt?: string
}

export interface OwnSession {
  readonly startedAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
  readonly isThis: boolean
}

export interface Failure {
  readonly code: string
  readonly says: string
  readonly fix: string
  readonly details: Readonly<Record<string, string | number | boolean>>
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
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly parent?: string
  readonly createdAt: string
}

export type ServiceState = 'off' | 'starting' | 'healthy' | 'degraded' | 'failed'

export interface Thumbprints {
  readonly sha256: string
  readonly sha1Windows: string
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

export interface Acknowledgement {
  readonly connector: string
  readonly connectorId: string
  readonly generation: number
  readonly state: ServiceState | 'unreachable'
  readonly failure?: Failure
}

export interface Service {
  readonly service: string
  readonly title: string
  readonly settings: Readonly<Record<string, unknown>> | null
  readonly generation: number
  readonly acknowledged: readonly Acknowledgement[]
}

export interface Span {
  readonly name: string
  readonly startMs: number
  readonly durationMs: number
  readonly outcome: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

export interface CallAnswer<Result> {
  readonly result: Result
  readonly connector: { readonly id: string; readonly name: string }
  readonly durationMs: number
  readonly attempts: number
  readonly spans: readonly Span[]
}

export interface DirectoryEntry {
  readonly dn: string
  readonly id?: string
  readonly kind: 'user' | 'group'
  readonly isEnabled?: boolean
  readonly fields: Readonly<Record<string, readonly string[]>>
}

export interface DirectorySearch {
  readonly entries: readonly DirectoryEntry[]
  readonly more: boolean
  readonly partial: boolean
  readonly server: string
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

export interface AuditEntry {
  readonly position: number
  readonly at: string
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string }
  readonly action: string
  readonly object: string
  readonly note?: string
  readonly outcome: string
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
}

export interface Role {
  readonly id: string
  readonly name: string
  readonly says: string
  readonly isBuiltIn: boolean
  readonly group?: string
  readonly resources: readonly string[]
}

export interface Admin {
  readonly id: string
  readonly name: string
  readonly kind: 'local' | 'directory'
  readonly group?: string
  readonly isDisabled: boolean
  readonly expiresAt?: string
  readonly createdAt: string
  readonly hasTotp: boolean
  readonly hasPin: boolean
  readonly roles: readonly { readonly role: string; readonly group?: string }[]
}

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly expiresAt?: string
  readonly revokedAt?: string
  readonly role?: string
  readonly group?: string
}

export type ChildPermission = 'inheritOnly' | 'overrideOnly' | 'inheritOrOverride'

/** Which group a value comes from. `above`: one that whoever asks does not see. */
export type From = { readonly group: string; readonly name: string } | 'default' | 'above' | 'installation'

export interface PageValue {
  readonly value: unknown
  readonly from: From
}

export interface PageSummary {
  readonly page: string
  readonly title: string
  readonly mode: 'inherit' | 'override'
  readonly permission: ChildPermission
  readonly childPermission: ChildPermission
  readonly isOff: boolean
  readonly generation: number
}

export interface SettingsPage extends PageSummary {
  readonly values: Readonly<Record<string, PageValue>>
  readonly acknowledged: readonly Acknowledgement[]
  readonly notes: readonly string[]
}

export interface Move {
  readonly isMoved: boolean
  readonly settings: readonly {
    readonly group: { readonly id: string; readonly name: string }
    readonly page: string
    readonly field: string
    readonly before?: PageValue
    readonly after?: PageValue
  }[]
  readonly servedBy: readonly {
    readonly group: { readonly id: string; readonly name: string }
    readonly before: From
    readonly after: From
  }[]
}

export interface GroupCertificate {
  readonly kind: 'groupAuthority' | 'consoleSigning' | 'instance' | 'bootstrap'
  readonly name?: string
  readonly thumbprints: Thumbprints
  readonly serial: string
  /** `announced`: connectors learn it now, and nothing is signed with it yet. */
  readonly status: 'announced' | 'active' | 'retired' | 'revoked'
  readonly notBefore: string
  readonly notAfter: string
}

export interface PastRotation {
  readonly id: string
  readonly cause: 'regenerate' | 'revokeNow' | 'renewal'
  readonly scope: 'signing' | 'all'
  readonly state: 'announced' | 'switched' | 'done' | 'replaced'
  readonly says: string
  readonly startedAt: string
  readonly startedBy: string
  readonly graceEndsAt: string
  readonly switchedAt?: string
  readonly endedAt?: string
  /** Connectors that have to be enrolled again. */
  readonly leftBehind?: number
}

export interface Rotation extends PastRotation {
  readonly connectors: readonly {
    readonly id: string
    readonly name: string
    readonly attached: boolean
    readonly acknowledged: boolean
    readonly renewed: boolean
    readonly done: boolean
    readonly says: string
    readonly fix?: string
  }[]
}

export interface TraceSummary {
  readonly id: string
  readonly startedAt: string
  readonly durationMs: number
  readonly verdict: 'ok' | 'warning' | 'failed'
}

/** A certificate that the other end of TLS sent. */
export interface ChainLink {
  readonly subject: string
  readonly issuer: string
  readonly thumbprint: string
  readonly daysLeft?: number
}

export interface Trace {
  readonly id: string
  /** `running`: the hops that are finished; more will come. */
  readonly state: 'running' | 'done'
  /** The hop that is under way. */
  readonly walking?: string
  readonly startedAt: string
  readonly durationMs: number
  readonly verdict: 'ok' | 'warning' | 'failed'
  readonly hops: readonly {
    readonly name: string
    readonly by: 'console' | 'relay' | 'connector' | 'backend'
    readonly startMs: number
    readonly durationMs: number
    readonly verdict: 'ok' | 'warning' | 'failed' | 'skipped'
    readonly says: string
    readonly fix: string
    readonly detail: Readonly<Record<string, string | number | boolean>>
    readonly chain?: readonly ChainLink[]
  }[]
}
