/**
 * What the console answers: the members this command reads, no more.
 *
 * @module
 */

export interface Group {
  readonly id: string
  readonly name: string
  readonly createdAt: string
}

export interface Thumbprints {
  readonly sha256: string
  /** Windows calls the SHA-1 digest the thumbprint. */
  readonly sha1Windows: string
}

export interface ListedConnector {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly software?: string | null
  readonly lastSeen?: string | null
  readonly health?: string
  /** As it reported them last. */
  readonly services: readonly { readonly service: string; readonly state: string }[]
  readonly inFlight?: number
  readonly latencyMs?: number
  readonly wanted?: { readonly state: string; readonly weight: number }
  readonly certificate?: { readonly thumbprints: Thumbprints; readonly notAfter: string } | null
}

export interface CheckRow {
  readonly target: string
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly says: string
  readonly fix: string
  /** Of TLS: what the other end sent, its own certificate first. */
  readonly chain?:
    | readonly {
        readonly subject: string
        readonly issuer: string
        readonly thumbprint: string
        readonly daysLeft?: number | undefined
      }[]
    | undefined
  readonly durationMs: number
}

export interface Span {
  readonly name: string
  readonly startMs: number
  readonly durationMs: number
  readonly outcome: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

export interface TraceAnswer {
  readonly id: string
  readonly target: { readonly kind: string; readonly name: string }
  readonly startedAt: string
  readonly durationMs: number
  /** `running`: more hops will come. */
  readonly state: string
  readonly walking?: string
  readonly verdict: string
  readonly hops: readonly {
    readonly name: string
    readonly by: string
    readonly startMs: number
    readonly durationMs: number
    readonly verdict: CheckRow['result']
    readonly says: string
    readonly fix: string
    readonly chain?: CheckRow['chain']
  }[]
}

export interface CallAnswer {
  readonly result: unknown
  readonly connector: { readonly id: string; readonly name: string }
  readonly durationMs: number
  readonly spans: readonly Span[]
}

export interface Entry {
  readonly dn: string
  readonly kind: string
  readonly isEnabled?: boolean
  readonly fields: Readonly<Record<string, readonly string[]>>
}

export interface SearchResult {
  readonly entries: readonly Entry[]
  readonly more: boolean
  readonly partial: boolean
  readonly partialBecause?: string
  readonly server: string
}
