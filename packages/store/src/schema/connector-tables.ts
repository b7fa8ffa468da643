/**
 * Connectors: who they are, how they come to be, and what is wanted of them.
 *
 * @module
 */
type Bytes = Uint8Array

export interface ConnectorTables {
  instances: {
    id: string
    groupId: string
    name: string
    publicKey: Bytes
    keyId: string
    certificateId: string
    status: string
    createdAt: number
    revokedAt: number | null
    lastSeen: number | null
    software: string | null
    policyDigest: string | null
    trustSetNumber: number | null
  }
  enrollmentCodes: {
    codeId: string
    groupId: string
    sealedSecret: Bytes
    name: string
    createdAt: number
    expiresAt: number
    usedAt: number | null
    usedBy: string | null
  }
  installers: {
    keyId: string
    groupId: string
    usesLeft: number
    createdAt: number
    expiresAt: number
    revokedAt: number | null
  }
  placements: { subject: string; placement: string; createdAt: number }
  connectorStates: { instanceId: string; state: string; weight: number; changedAt: number }
}
