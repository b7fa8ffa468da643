/**
 * What setting up and looking into a directory answers.
 *
 * @module
 */
import type { Failure } from './shapes.ts'

export interface AnsweredBy {
  readonly connector: { readonly id: string; readonly name: string }
  readonly durationMs: number
}

export interface DirectoryBases extends AnsweredBy {
  readonly server: string
  readonly suggested?: string
  readonly bases: readonly {
    readonly dn: string
    readonly kind: 'context' | 'systemContext' | 'domain' | 'organization' | 'organizationalUnit' | 'container'
  }[]
  readonly more: boolean
}

export interface DirectoryPreview extends AnsweredBy {
  readonly server: string
  readonly dn: string
  readonly identifier: { readonly attribute: string; readonly dataType: string; readonly value?: string }
  /** Whether a sync or a sign-in would take it for one of its kind. */
  readonly isCounted: boolean
  readonly fields: readonly {
    readonly field: string
    readonly attribute: string
    readonly isCustom: boolean
    readonly values: readonly string[]
    readonly more: boolean
  }[]
  readonly disabled?: { readonly isDisabled?: boolean; readonly because: string }
  readonly groups: readonly {
    readonly dn: string
    readonly name?: string
    readonly isDirect: boolean
    readonly isPrimary: boolean
  }[]
  readonly groupsBy: 'none' | 'matchingRule' | 'walk'
  readonly moreGroups: boolean
  readonly attributes: readonly {
    readonly attribute: string
    readonly count: number
    readonly isBinary: boolean
    readonly values: readonly string[]
    readonly isCut: boolean
  }[]
  readonly moreAttributes: boolean
}

export interface FoundServers extends AnsweredBy {
  readonly domain?: string
  readonly site?: { readonly name: string; readonly from: 'settings' | 'ping'; readonly askedServer?: string }
  readonly siteFailure?: string
  readonly questions: readonly { readonly name: string; readonly servers: number; readonly failure?: string }[]
  readonly servers: readonly {
    readonly server: string
    readonly from: 'byHand' | 'site' | 'domain'
    readonly isBackup: boolean
    readonly priority?: number
    readonly weight?: number
  }[]
}

export interface ServerStatus {
  readonly server: string
  readonly from: 'byHand' | 'site' | 'domain'
  readonly isBackup: boolean
  readonly standing: 'untried' | 'good' | 'resting' | 'trying'
  readonly forMs: number
  readonly failures: number
  readonly failure?: { readonly code: string; readonly says: string }
  readonly connections: number
}

export interface DirectoryStatus {
  readonly inUse?: { readonly server: string; readonly forMs: number; readonly isPreferred: boolean }
  readonly site?: string
  readonly encryption: 'ldaps' | 'startTls' | 'none'
  readonly servers: readonly ServerStatus[]
  readonly pool: { readonly open: number; readonly idle: number; readonly most: number; readonly waiting: number }
  readonly signIns: {
    readonly accepted: number
    readonly refused: number
    readonly unknown: number
    readonly failed: number
  }
  readonly lookUps: { readonly done: number; readonly failed: number }
  readonly switches: number
  readonly lastFailure?: { readonly code: string; readonly says: string; readonly forMs: number }
}

export interface ConnectorDirectory {
  readonly connector: { readonly id: string; readonly name: string }
  readonly status?: DirectoryStatus
  readonly failure?: Failure
}
