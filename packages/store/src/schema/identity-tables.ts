/**
 * The installation: its groups, keys and certificates, and what connectors are to believe.
 *
 * @module
 */
type Bytes = Uint8Array

export interface IdentityTables {
  meta: { name: string; value: string }
  /** One data key per group, sealed under the master key. The scope of what belongs to no group is empty. */
  dataKeys: { scope: string; version: number; sealed: Bytes; createdAt: number }
  groups: {
    id: string
    parentId: string | null
    /** The parent again, empty at the top: NULLs are never equal, so a unique rule needs a value. */
    parentKey: string
    name: string
    nameKey: string
    createdAt: number
  }
  certificates: {
    id: string
    groupId: string | null
    kind: string
    der: Bytes
    keyId: string
    serial: string
    notBefore: number
    notAfter: number
    status: string
    createdAt: number
  }
  keys: {
    id: string
    groupId: string | null
    certificateId: string | null
    purpose: string
    sealed: Bytes
    createdAt: number
  }
  trustSets: { groupId: string; number: number; issuedAt: number; bytes: Bytes }
  admissionLists: { relayId: string; number: number; issuedAt: number; bytes: Bytes }
  rotations: {
    id: string
    number: number
    groupId: string
    cause: string
    scope: string
    state: string
    startedAt: number
    startedBy: string
    graceEndsAt: number
    authorityId: string | null
    signingId: string
    trustSetNumber: number | null
    switchedAt: number | null
    endedAt: number | null
    leftBehind: number | null
  }
  counters: { name: string; value: number }
  keptAnswers: { key: string; process: string; sealed: Bytes; expiresAt: number }
}
