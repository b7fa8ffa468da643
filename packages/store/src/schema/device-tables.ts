/**
 * Devices, what is asked of them, where they are reported from, and what nac is fed.
 *
 * @module
 */
type Bytes = Uint8Array

export interface DeviceTables {
  devices: {
    id: string
    groupId: string
    state: string
    name: string
    nameKey: string
    hostName: string
    serial: string
    userName: string
    manufacturer: string
    model: string
    platform: string
    osVersion: string
    ownership: string
    /** The first current one. */
    mac: string
    macCount: number
    /** Of the current ones, those that software made up. */
    randomMacs: number
    /** 1, 0, or unknown. */
    diskEncrypted: number | null
    pinLocked: number | null
    jailBroken: number | null
    compliant: number
    failing: number
    failingPolicies: string
    sources: string
    search: string
    enrolledAt: number
    lastReportAt: number
    stateAt: number
    nextEvaluationAt: number | null
  }
  deviceDetails: { deviceId: string; content: string }
  deviceIdentifiers: { kind: string; key: string; deviceId: string; isCurrent: number; lastSeenAt: number }
  deviceSources: { groupId: string; source: string; sourceId: string; deviceId: string }
  devicePolicies: { id: string; groupId: string; name: string; nameKey: string; content: string; changedAt: number }
  deviceEnrollmentCodes: {
    id: string
    groupId: string
    digest: Bytes
    label: string
    needsLogin: number
    usesLeft: number
    createdAt: number
    expiresAt: number
    revokedAt: number | null
    usedAt: number | null
  }
  deviceCredentials: {
    deviceId: string
    publicKey: Bytes
    sequence: number
    createdAt: number
    lastUsedAt: number
    userName: string | null
  }
  deviceCommands: {
    id: string
    deviceId: string
    kind: string
    state: string
    text: string | null
    requestedBy: string
    note: string | null
    dedupKey: string | null
    requestedAt: number
    expiresAt: number
    sentAt: number | null
    endedAt: number | null
    result: string | null
  }
  deviceHistory: {
    deviceId: string
    number: number
    at: number
    kind: string
    details: string
    /** Among those of all devices; none for rows from before there was one. */
    place: number | null
  }
  agentSecrets: {
    id: string
    groupId: string
    digest: Bytes
    name: string
    createdAt: number
    expiresAt: number | null
    revokedAt: number | null
    lastUsedAt: number | null
    lastAgent: string | null
  }
  mdmSources: {
    id: string
    groupId: string
    name: string
    settings: string
    sealed: Bytes | null
    state: string
    createdAt: number
    updatedAt: number
  }
  mdmSourceDevices: { source: string; sourceId: string; missing: number }
  nacFeed: { number: number; kind: string; id: string; content: string | null; at: number }
}
