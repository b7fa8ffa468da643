/**
 * What happened: requests, changes, events, traces.
 *
 * @module
 */
type Bytes = Uint8Array

export interface RecordTables {
  requestLog: {
    position: number
    requestId: string
    requestDigest: Bytes
    replyDigest: Bytes | null
    outcome: string
    operation: string
    groupId: string
    instanceId: string | null
    component: string
    at: number
    previousHash: Bytes
    hash: Bytes
  }
  auditLog: {
    position: number
    at: number
    actorKind: string
    actorId: string
    actorName: string
    source: string
    action: string
    object: string
    groupId: string | null
    note: string | null
    outcome: string
    begun: number | null
    traceId: string
    inputDigest: Bytes | null
    outputDigest: Bytes | null
    previousHash: Bytes
    hash: Bytes
  }
  events: {
    number: number
    id: string
    at: number
    severity: string
    category: string
    groupId: string | null
    about: string
    details: string
    words: string
  }
  traces: { id: string; number: number; target: string; groupId: string | null; at: number; content: string }
}
