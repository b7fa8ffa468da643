/**
 * Events on their way to collectors.
 *
 * @module
 */
type Bytes = Uint8Array

export interface SyslogTables {
  syslogTargets: {
    id: string
    groupId: string
    name: string
    settings: string
    sealed: Bytes | null
    createdAt: number
    updatedAt: number
  }
  syslogPositions: { target: string; position: number; sequence: number; state: string }
  syslogFeed: {
    number: number
    groupId: string | null
    at: number
    severity: string
    category: string
    target: string | null
    bytes: number
    content: string
  }
}
