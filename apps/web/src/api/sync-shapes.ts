/**
 * The sync of a directory, its people and groups, as the API answers with them.
 *
 * @module
 */
import type { Failure } from './shapes.ts'

export type RunMode = 'preview' | 'sync'
export type RunState = 'running' | 'previewed' | 'held' | 'done' | 'failed' | 'stopped' | 'replaced'
export type RunPhase = 'fetch' | 'compare' | 'apply' | 'ended'
export type ObjectKind = 'user' | 'group'
export type ChangeKind = 'added' | 'changed' | 'moved' | 'disabled' | 'enabled' | 'removed' | 'failed'

export interface RunCounts {
  readonly added: number
  readonly changed: number
  readonly moved: number
  readonly disabled: number
  readonly enabled: number
  readonly removed: number
  readonly failed: number
  readonly unchanged: number
  readonly membersAdded: number
  readonly membersRemoved: number
}

export interface SyncRun {
  readonly id: string
  readonly number: number
  readonly mode: RunMode
  readonly state: RunState
  readonly full: boolean
  readonly fullBecause?: string
  readonly startedBy: 'schedule' | 'person'
  readonly startedAt: string
  readonly endedAt?: string
  readonly progress: {
    readonly phase: RunPhase
    readonly done: number
    readonly expected?: number
    readonly perSecond: number
    readonly secondsLeft?: number
    readonly waitsFor?: Failure
  }
  readonly counts?: RunCounts
  readonly held?: {
    readonly because: readonly {
      readonly safeguard: 'maxRemovals' | 'maxRemovalsPercent' | 'maxChangesPercent' | 'maxMembershipsRemovedPercent'
      readonly limit: number
      readonly actual: number
    }[]
  }
  readonly failure?: Failure
  readonly restarts: number
  readonly lastRestart?: string
  readonly server?: string
  readonly method?: 'usn' | 'dirSync' | 'timestamp' | 'none'
  readonly deletions?: 'tombstones' | 'sweep' | 'never' | 'wholeRun'
  readonly referralsNotFollowed: number
  /** Places the directory pointed to, as far as they are kept. */
  readonly referredTo: readonly string[]
  readonly canBeReleased: boolean
}

export interface DirectorySync {
  readonly isOn: boolean
  readonly settingsFrom?: string
  readonly everyMinutes?: number
  readonly fullEveryHours?: number
  readonly safeguards?: {
    readonly maxRemovals: number
    readonly maxRemovalsPercent: number
    readonly maxChangesPercent: number
    readonly maxMembershipsRemovedPercent: number
  }
  readonly users: number
  readonly groups: number
  readonly hasSynced: boolean
  readonly needsPreview: boolean
  readonly running?: SyncRun
  readonly waiting?: SyncRun
  readonly lastRun?: SyncRun
  readonly lastDoneAt?: string
  readonly lastFullAt?: string
  readonly nextRunAt?: string
  readonly failures: number
}

export interface ObjectChange {
  readonly id: string
  readonly kind: ObjectKind
  readonly change: ChangeKind
  readonly name: string
  readonly dn: string
  readonly fields: readonly string[]
  readonly membersAdded?: number
  readonly membersRemoved?: number
}

export interface ListedUser {
  readonly id: string
  readonly name: string
  readonly dn: string
  readonly mail?: string
  readonly login?: string
  readonly isDisabled: boolean
  readonly isLocked: boolean
  readonly isExpired: boolean
}

export interface ListedDirectoryGroup {
  readonly id: string
  readonly name: string
  readonly dn: string
  readonly mail?: string
  readonly description?: string
}

export interface Membership {
  readonly id: string
  readonly name: string
  readonly isTransitive: boolean
}

export interface DirectoryUser extends ListedUser {
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly mustChangePassword: boolean
  readonly expiresAt?: string
  readonly syncedAt: string
  readonly groups: readonly Membership[]
  readonly groupsCut: boolean
}

export interface DirectoryGroup extends ListedDirectoryGroup {
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly syncedAt: string
  readonly directMembers: number
  readonly unknownMembers: number
  readonly memberOf: readonly Membership[]
  readonly memberOfCut: boolean
}

export interface Member {
  readonly id: string
  readonly kind: ObjectKind
  readonly name: string
  readonly dn: string
  readonly isTransitive: boolean
}
