/**
 * How a run begins: whether it reads everything, why, and what is written down about it first.
 *
 * @module
 */
import { isFullDue } from '@sallygate/domain'
import type { Rules } from './rules.ts'
import type { GroupState, RunDetail } from './run-detail.ts'

interface Asked {
  readonly mode: 'preview' | 'sync'
  readonly full?: boolean | undefined
  readonly startedBy: 'schedule' | 'person'
}

interface Before {
  readonly state: GroupState
  readonly rules: Pick<Rules, 'digest' | 'everyMinutes' | 'fullEveryHours'>
  /** Objects in force. */
  readonly existing: number
  readonly nowMs: number
}

export function beginningOf(asked: Asked, before: Before): RunDetail {
  const { state, rules, existing } = before
  const [wantsFull, because] = fullBecause(asked, before)
  return {
    mode: asked.mode,
    startedBy: asked.startedBy,
    wantsFull,
    full: wantsFull,
    ...(because === undefined ? {} : { fullBecause: because }),
    settingsDigest: rules.digest,
    phase: 'fetch',
    attempts: { user: 0, group: 0 },
    ...(state.position === undefined ? {} : { since: state.position }),
    done: 0,
    ...(wantsFull && existing > 0 ? { expected: existing } : {}),
    existing,
    ...(state.hasSynced === true ? {} : { isFirst: true }),
    read: 0,
    membersAdded: 0,
    membersRemoved: 0,
    failedEntries: 0,
    restarts: 0,
    referrals: 0,
  }
}

export const historyOf = (state: GroupState) => ({
  lastStartedMs: state.lastStartedAt,
  lastFullMs: state.lastFullAt,
  failures: state.failures ?? 0,
})

function fullBecause({ mode, full }: Asked, { state, rules, nowMs }: Before): readonly [boolean, string | undefined] {
  if (state.hasSynced !== true) return [true, 'It is the first run.']
  if (full === true) return [true, 'It was asked for.']
  if (state.settingsDigest !== rules.digest) return [true, 'The directory settings have changed.']
  if (full === false) return [false, undefined]
  if (mode === 'preview') return [true, 'A preview looks at everything unless told otherwise.']
  if (isFullDue(rules, historyOf(state), nowMs)) return [true, 'Everything is read anew from time to time.']
  return [false, undefined]
}
