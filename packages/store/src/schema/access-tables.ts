/**
 * Who may do what: administrators, their sessions and roles, API keys.
 *
 * @module
 */
type Bytes = Uint8Array

export interface AccessTables {
  admins: {
    id: string
    name: string
    nameKey: string
    passwordHash: string
    createdAt: number
    failedCount: number
    throttledUntil: number | null
  }
  adminAccounts: {
    adminId: string
    kind: string
    /** Empty for the whole installation, as in every `groupKey`. */
    groupKey: string
    disabledAt: number | null
    expiresAt: number | null
    pinHash: string | null
    totpSealed: Bytes | null
    totpConfirmedAt: number | null
    /** The last time step a code was used of: no code works twice. */
    totpStep: number
  }
  recoveryCodes: { adminId: string; digest: Bytes }
  sessions: {
    digest: Bytes
    adminId: string
    createdAt: number
    lastSeenAt: number
    expiresAt: number
    browser: string | null
    addressFamily: string | null
  }
  roles: { id: string; groupKey: string; name: string; nameKey: string; resources: string; createdAt: number }
  roleAssignments: { subjectKind: string; subjectId: string; roleId: string; groupKey: string; createdAt: number }
  groupPins: { groupKey: string; pinHash: string }
  apiKeys: {
    id: string
    digest: Bytes
    name: string
    createdAt: number
    expiresAt: number | null
    revokedAt: number | null
  }
}
