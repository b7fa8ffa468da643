/**
 * Runs of the sync, in words.
 *
 * @module
 */
import type { ChangeKind, DirectorySync, RunCounts, RunPhase, SyncRun } from '../api/sync-shapes.ts'
import type { Standing } from '../gate/gate.ts'

export function stateOf({ state, counts }: Pick<SyncRun, 'state' | 'counts'>): readonly [Standing, string] {
  switch (state) {
    case 'running':
      return ['off', 'running']
    case 'previewed':
      return ['warning', 'previewed, not in force']
    case 'held':
      return ['failed', 'held']
    case 'done':
      return (counts?.failed ?? 0) > 0 ? ['warning', 'done, some failed'] : ['ok', 'done']
    case 'failed':
      return ['failed', 'failed']
    case 'stopped':
      return ['off', 'stopped']
    case 'replaced':
      return ['off', 'replaced by a later one']
  }
}

export const phaseWords: Readonly<Record<RunPhase, string>> = {
  fetch: 'reading the directory',
  compare: 'comparing with what is here',
  apply: 'putting it into force',
  ended: 'ended',
}

export const changeWords: Readonly<Record<ChangeKind, string>> = {
  added: 'added',
  changed: 'changed',
  moved: 'moved',
  disabled: 'disabled',
  enabled: 'enabled again',
  removed: 'removed',
  failed: 'failed',
}

export const changeStandings: Readonly<Record<ChangeKind, Standing>> = {
  added: 'ok',
  changed: 'off',
  moved: 'off',
  disabled: 'warning',
  enabled: 'ok',
  removed: 'warning',
  failed: 'failed',
}

/** `12 added, 3 changed, 1 removed`; nothing that is zero. */
export function countWords(counts: RunCounts | undefined): string {
  if (counts === undefined) return ''
  const parts = (Object.keys(changeWords) as ChangeKind[])
    .filter((change) => counts[change] > 0)
    .map((change) => `${counts[change].toLocaleString('en')} ${changeWords[change]}`)
  const { membersAdded, membersRemoved } = counts
  if (membersAdded > 0) parts.push(`${membersAdded.toLocaleString('en')} memberships more`)
  if (membersRemoved > 0) parts.push(`${membersRemoved.toLocaleString('en')} memberships fewer`)
  return parts.length === 0 ? 'nothing would change' : parts.join(', ')
}

/** `done` may run ahead of what was expected: a directory is written to while it is read. */
export function progressWords({ phase, done, expected, perSecond, secondsLeft }: SyncRun['progress']): string {
  if (expected !== undefined && expected > 0 && done >= expected)
    return `${amountOf(expected)}; what is left does not count objects`
  if (done === 0 && expected === undefined)
    return phase === 'fetch' ? 'asking for the first objects' : 'counted when it is done'
  const rate = perSecond >= 1 ? `${Math.round(perSecond).toLocaleString('en')} a second` : ''
  const amount = expected === undefined ? amountOf(done) : `${done.toLocaleString('en')} of ${amountOf(expected)}`
  return [amount, rate, leftWords(secondsLeft)].filter((words) => words !== '').join(', ')
}

const amountOf = (objects: number) => `${objects.toLocaleString('en')} ${objects === 1 ? 'object' : 'objects'}`

/** `every 5 min`, `every 2 h`, `every 1.5 h`, `every day`. */
export function everyWords(minutes: number): string {
  if (minutes < 90) return `every ${minutes} min`
  if (minutes === 1440) return 'every day'
  const [size, unit] = minutes % 1440 === 0 ? [minutes / 1440, 'days'] : [minutes / 60, 'h']
  return `every ${Number(size.toFixed(1))} ${unit}`
}

/** Why a run is held, each as a sentence. */
export function holdWords({ held }: Pick<SyncRun, 'held'>): readonly string[] {
  return (held?.because ?? []).map(({ safeguard, limit, actual }) => {
    const shown = Number(actual.toFixed(1)).toLocaleString('en')
    if (safeguard === 'maxRemovals')
      return `It would remove ${shown} objects, and more than ${limit.toLocaleString('en')} need a look.`
    if (safeguard === 'maxMembershipsRemovedPercent')
      return `It would take away ${shown} % of all memberships, and more than ${limit} % need a look.`
    return safeguard === 'maxRemovalsPercent'
      ? `It would remove ${shown} % of all, and more than ${limit} % need a look.`
      : `It would change ${shown} % of all, and more than ${limit} % need a look.`
  })
}

export function safeguardWords({
  maxRemovals,
  maxRemovalsPercent,
  maxChangesPercent,
  maxMembershipsRemovedPercent,
}: NonNullable<DirectorySync['safeguards']>): string {
  const removals = maxRemovals.toLocaleString('en')
  return `remove more than ${removals} objects or ${maxRemovalsPercent} %, change more than ${maxChangesPercent} % of all, or take away more than ${maxMembershipsRemovedPercent} % of all memberships`
}

export function leftWords(seconds: number | undefined): string {
  if (seconds === undefined) return ''
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s left`
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} min left` : `about ${Math.round(seconds / 3600)} h left`
}
