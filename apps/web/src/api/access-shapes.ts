/**
 * Who may do what, and who did, as the API answers with it.
 *
 * @module
 */
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

export interface AuditEntry {
  readonly position: number
  readonly at: string
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string }
  readonly action: string
  readonly object: string
  readonly note?: string
  readonly outcome: string
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
