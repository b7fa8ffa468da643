/**
 * The first run of a group: read into where it will be in force, and in force at once when it is done.
 *
 * @module
 */
import type { DirectoryKind } from '@sallygate/domain'
import type { FirstRun } from '@sallygate/store'
import { eraseFirst } from './cleaning.ts'
import { takeTurns, type Job } from './job.ts'

const groupsAtOnce = 500
/** Names of as many people: some fifty milliseconds. Five times as many were a fifth cheaper, 30 MB and a quarter of a second in one turn. */
const wordsAtOnce = 2000

export function firstRunOf({ run, scope, detail }: Job): FirstRun {
  return { run, scope, refs: detail.source?.refs ?? 'key' }
}

/**
 * What an earlier attempt at a pass wrote is erased: that costs less than to compare it with what is read now, and
 * comes to what a clean run comes to. Users are what groups are made of, so those go with them.
 */
export async function beginFirstAnew(job: Job, kind: DirectoryKind): Promise<void> {
  const { run, scope, parts } = job
  await eraseFirst(parts.store, { scope, run, ...(kind === 'group' ? { kind } : {}) })
  job.moved()
}

/** What is left to do once everything was read. It can be done twice. */
export async function settleFirst(job: Job): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const from: number = after
    after = await job.parts.store.transactionSavedLater(({ directoryFirst }) =>
      directoryFirst.settle(firstRunOf(job), from, groupsAtOnce),
    )
    await takeTurns(job)
  }
  for (let after: number | undefined = 0; after !== undefined;) {
    const from: number = after
    after = await job.parts.store.transactionSavedLater(({ directoryFirst }) =>
      directoryFirst.addWords(firstRunOf(job), from, wordsAtOnce),
    )
    await takeTurns(job)
  }
  await job.parts.store.directoryFirst.count()
}
