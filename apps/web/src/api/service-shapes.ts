/**
 * Services, settings pages, calls and traces, as the API answers with them.
 *
 * @module
 */
import type { Failure } from './shapes.ts'

export type ServiceState = 'off' | 'starting' | 'healthy' | 'degraded' | 'failed'

export interface Acknowledgement {
  readonly connector: string
  readonly connectorId: string
  readonly generation: number
  readonly state: ServiceState | 'unreachable'
  readonly failure?: Failure
  /** Newer settings that it would not take: it runs on with those of `generation`. */
  readonly refused?: { readonly generation: number; readonly failure: Failure }
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
