/**
 * Runs, and the sync of a group, as the API shows them.
 *
 * @module
 */
import { nextRunMs } from '@sallygate/domain'
import type { DirectoryRun, ReportedObject, Store } from '@sallygate/store'
import type { z } from 'zod'
import { historyOf } from './beginning.ts'
import { detailOf, stateOf, type RunState } from './run-detail.ts'
import type { SyncRules } from './rules.ts'
import type { changeSchema, runSchema, syncSchema } from './schema.ts'
import type { DirectorySyncs, Underway } from './syncs.ts'

export function presentRun(run: DirectoryRun, underway: Underway | undefined): z.output<typeof runSchema> {
  const detail = underway?.detail ?? detailOf(run.detail)
  const { source, counts, held, failure } = detail
  const perSecond = underway?.perSecond ?? 0
  // What was expected is what there was last time. A directory that has grown since is at no percentage of it.
  const expected = detail.expected === undefined || detail.done > detail.expected ? undefined : detail.expected
  const left = expected === undefined ? undefined : expected - detail.done
  const state = run.state as RunState
  const incremental = source === undefined || source.method === 'none' ? undefined : source.deletions
  return {
    id: run.id,
    number: run.number,
    mode: detail.mode,
    state,
    full: detail.full,
    ...(detail.fullBecause === undefined ? {} : { fullBecause: detail.fullBecause }),
    startedBy: detail.startedBy,
    startedAt: run.startedAt.toISOString(),
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt.toISOString() }),
    progress: {
      phase: detail.phase,
      done: detail.done,
      ...(expected === undefined ? {} : { expected }),
      perSecond,
      ...(left === undefined || perSecond === 0 ? {} : { secondsLeft: Math.ceil(left / perSecond) }),
      ...(underway?.waitsFor === undefined
        ? {}
        : { waitsFor: { ...underway.waitsFor, details: { ...underway.waitsFor.details } } }),
    },
    ...(counts === undefined ? {} : { counts }),
    ...(held === undefined || held.length === 0 ? {} : { held: { because: held.map((one) => ({ ...one })) } }),
    ...(failure === undefined ? {} : { failure: { ...failure, details: { ...failure.details } } }),
    restarts: detail.restarts,
    ...(detail.lastRestart === undefined ? {} : { lastRestart: detail.lastRestart }),
    ...(source === undefined ? {} : { server: source.server, method: source.method }),
    ...(detail.full ? { deletions: 'wholeRun' as const } : incremental === undefined ? {} : { deletions: incremental }),
    referralsNotFollowed: detail.referrals,
    referredTo: [...(detail.referredTo ?? [])],
    canBeReleased: state === 'held' || state === 'previewed',
  }
}

export interface SyncView {
  readonly store: Store
  readonly rules: SyncRules
  readonly syncs: DirectorySyncs
}

export async function presentSync(
  { store, rules, syncs }: SyncView,
  group: string,
): Promise<z.output<typeof syncSchema>> {
  const held = await rules.of(group)
  const found = await store.directoryRuns.findScope(group)
  const state = stateOf(found?.state ?? {})
  const counts =
    found !== undefined && state.hasSynced === true
      ? await store.directoryObjects.counts(found.scope)
      : { users: 0, groups: 0 }
  const one = async (...states: readonly RunState[]) =>
    (await store.directoryRuns.list(group, { limit: 1, ...(states.length === 0 ? {} : { states }) }))[0]
  const [running, waiting, last] = await Promise.all([
    one('running'),
    one('held', 'previewed'),
    one('done', 'failed', 'stopped'),
  ])
  const underway = syncs.underwayOf(group)
  const isHeld = waiting?.state === 'held'
  const isPlanned = held?.isOn === true && held.from === group && state.hasSynced === true && !isHeld
  const nextMs = held === undefined ? undefined : nextRunMs(held, historyOf(state))
  return {
    isOn: held?.isOn ?? false,
    ...(held === undefined
      ? {}
      : {
          settingsFrom: held.from,
          everyMinutes: held.everyMinutes,
          fullEveryHours: held.fullEveryHours,
          safeguards: { ...held.safeguards },
        }),
    ...counts,
    hasSynced: state.hasSynced === true,
    needsPreview: state.hasSynced !== true,
    ...(running === undefined ? {} : { running: presentRun(running, underway) }),
    ...(waiting === undefined ? {} : { waiting: presentRun(waiting, undefined) }),
    ...(last === undefined ? {} : { lastRun: presentRun(last, undefined) }),
    ...(state.lastDoneAt === undefined ? {} : { lastDoneAt: new Date(state.lastDoneAt).toISOString() }),
    ...(state.lastFullAt === undefined ? {} : { lastFullAt: new Date(state.lastFullAt).toISOString() }),
    ...(isPlanned && running === undefined && nextMs !== undefined
      ? { nextRunAt: new Date(nextMs).toISOString() }
      : {}),
    failures: state.failures ?? 0,
  }
}

export function presentChange(row: ReportedObject): z.output<typeof changeSchema> {
  const detail = row.detail === null ? {} : (JSON.parse(row.detail) as Partial<z.output<typeof changeSchema>>)
  const { fields = [], membersAdded, membersRemoved } = detail
  return {
    id: row.id,
    kind: row.kind as 'user' | 'group',
    change: row.change as z.output<typeof changeSchema>['change'],
    name: row.name,
    dn: row.dn,
    fields,
    ...(membersAdded === undefined ? {} : { membersAdded }),
    ...(membersRemoved === undefined ? {} : { membersRemoved }),
  }
}
