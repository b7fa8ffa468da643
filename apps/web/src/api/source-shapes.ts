/**
 * Inventory sources, as the API answers with them.
 *
 * @module
 */
export interface SourceSettings {
  readonly kind: 'ise' | 'workspaceOne'
  readonly url: string
  readonly user: string
  readonly ca?: string
  readonly enabled: boolean
  readonly everyMinutes: number
  readonly staleAfterHours: number
}

export interface SourceState {
  readonly lastRunAt?: string
  readonly lastAnswerAt?: string
  readonly durationMs?: number
  readonly devices?: number
  readonly added?: number
  readonly ignored?: number
  readonly withdrawn?: number
  readonly heldBack?: number
  readonly failure?: { readonly code: string; readonly says: string; readonly fix: string }
  readonly failures: number
  readonly isStale: boolean
}

export interface MdmSource {
  readonly id: string
  readonly name: string
  readonly settings: SourceSettings
  readonly hasPassword: boolean
  readonly state: SourceState
  readonly source: string
}

export interface AgentSecret {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly expiresAt?: string
  readonly revokedAt?: string
  readonly lastUsedAt?: string
  readonly lastAgent?: string
}

export interface MadeAgentSecret extends AgentSecret {
  readonly secret: string
  readonly path: string
}
