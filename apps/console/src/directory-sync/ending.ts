/**
 * How a run ends: what is remembered of it, who hears of it, and what is cleared up behind it.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { DirectoryRun, Store } from '@sallygate/store'
import { erase, eraseFirst, keepReports } from './cleaning.ts'
import { asJson, stateOf, type GroupState, type RunDetail, type RunState } from './run-detail.ts'
import type { RunNews } from './run-news.ts'

export interface EndingParts {
  readonly store: Store
  readonly clock: Clock
  readonly news: Pick<RunNews, 'done' | 'failed'>
}

/** What it read is in force. */
export async function endDone(
  { store, clock, news }: EndingParts,
  run: DirectoryRun,
  detail: RunDetail,
): Promise<void> {
  const now = clock.now()
  const before = stateOf((await store.directoryRuns.scope(run.group)).state)
  const { position: _, ...kept } = before
  const state: GroupState = {
    ...kept,
    ...(detail.source?.position === undefined ? {} : { position: detail.source.position }),
    settingsDigest: detail.settingsDigest,
    hasSynced: true,
    lastStartedAt: before.lastStartedAt ?? run.startedAt.getTime(),
    lastDoneAt: now.getTime(),
    ...(detail.full ? { lastFullAt: run.startedAt.getTime() } : {}),
    failures: 0,
  }
  await store.transaction(async (inside) => {
    await inside.directoryRuns.write(run.run, { state: 'done', detail: asJson(detail), endedAt: now })
    await inside.directoryRuns.writeState(run.group, asJson(state))
  })
  await news.done(run, detail, before.failures ?? 0)
  await store.directoryStaging.dropMembers(run.run)
  await keepReports(store, run.scope, now)
}

/** What it read is forgotten; what was in force stays. */
export async function endEarly(
  { store, clock, news }: EndingParts,
  run: DirectoryRun,
  detail: RunDetail,
  state: Extract<RunState, 'failed' | 'stopped' | 'replaced'>,
): Promise<void> {
  detail.phase = 'ended'
  await store.directoryRuns.write(run.run, { state, detail: asJson(detail), endedAt: clock.now() })
  if (state === 'failed' && detail.mode === 'sync') {
    const before = stateOf((await store.directoryRuns.scope(run.group)).state)
    const failures = (before.failures ?? 0) + 1
    await store.directoryRuns.writeState(run.group, asJson({ ...before, failures }))
    await news.failed(run, detail, failures, before.lastDoneAt)
  }
  await erase(store, run.run)
  if (detail.isFirst === true) await eraseFirst(store, { scope: run.scope, run: run.run })
  await keepReports(store, run.scope, clock.now())
}
