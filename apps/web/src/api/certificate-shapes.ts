/**
 * Certificates and their rotation, as the API answers with them.
 *
 * @module
 */
export interface Thumbprints {
  readonly sha256: string
  readonly sha1Windows: string
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
