/**
 * What a run knows about itself, and what a group remembers between runs: as they are written with each checkpoint.
 *
 * @module
 */
import type { FailureReport } from '@sallygate/base/failure'
import type { Json } from '@sallygate/base/json'
import type { Tripped } from '@sallygate/domain'
import type { SyncPass, SyncPosition } from '@sallygate/service-directory/contract'

export type RunState = 'running' | 'previewed' | 'held' | 'done' | 'failed' | 'stopped' | 'replaced'

export interface RunCounts {
  added: number
  changed: number
  moved: number
  disabled: number
  enabled: number
  removed: number
  failed: number
  unchanged: number
  membersAdded: number
  membersRemoved: number
}

export const noCounts: RunCounts = {
  added: 0,
  changed: 0,
  moved: 0,
  disabled: 0,
  enabled: 0,
  removed: 0,
  failed: 0,
  unchanged: 0,
  membersAdded: 0,
  membersRemoved: 0,
}

/** What `syncStart` said; a run that begins anew says it anew. */
export interface RunSource {
  readonly server: string
  readonly identity: string
  readonly vendor: string
  readonly method: 'usn' | 'dirSync' | 'timestamp' | 'none'
  readonly position?: SyncPosition
  readonly deletions: 'tombstones' | 'sweep' | 'never'
  readonly groups: boolean
  readonly refs: 'key' | 'loginKey'
  readonly follows: boolean
}

export interface RunDetail {
  readonly mode: 'preview' | 'sync'
  readonly startedBy: 'schedule' | 'person'
  /** What was asked for; `full` is what came of it. */
  readonly wantsFull: boolean
  full: boolean
  fullBecause?: string
  readonly settingsDigest: string
  phase: 'fetch' | 'compare' | 'apply' | 'ended'
  /** How often each kind was begun: what an earlier attempt read and the last one did not is gone. */
  attempts: { user: number; group: number }
  since?: SyncPosition
  source?: RunSource
  pass?: SyncPass
  /** In this phase. */
  done: number
  expected?: number
  /** Objects there were before. */
  existing: number
  /** Nothing is in force yet: what is read is written where it will be, out of sight until the run is done. */
  isFirst?: boolean
  /** Objects that were read. */
  read: number
  counts?: RunCounts
  membersAdded: number
  membersRemoved: number
  failedEntries: number
  held?: readonly Tripped[]
  isReleased?: boolean
  failure?: FailureReport
  restarts: number
  lastRestart?: string
  referrals: number
  /** Where they point, each once. */
  referredTo?: readonly string[]
  /** How far it has come into force. */
  applied?: { step: ApplyStep; after: number }
}

export const applySteps = ['objects', 'removals', 'members', 'loose'] as const
export type ApplyStep = (typeof applySteps)[number]

export interface GroupState {
  position?: SyncPosition
  settingsDigest?: string
  hasSynced?: boolean
  lastStartedAt?: number
  lastDoneAt?: number
  lastFullAt?: number
  failures?: number
}

type JsonObject = Readonly<Record<string, Json>>

/** Members that are not set are left out, as JSON has no word for them. */
export const asJson = (value: RunDetail | GroupState) => JSON.parse(JSON.stringify(value)) as JsonObject
export const detailOf = (json: JsonObject) => json as unknown as RunDetail
export const stateOf = (json: JsonObject) => json as unknown as GroupState
