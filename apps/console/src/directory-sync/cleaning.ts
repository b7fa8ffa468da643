/**
 * Clearing up behind runs: what was read and is not to be, and reports nobody looks for any more.
 *
 * @module
 */
import type { Store } from '@sallygate/store'

const atOnce = 2000
/** Two thousand runs of five minutes are a week. */
const mostRuns = 2000
/** A report names people: who asks what became of somebody asks within a quarter, and afterwards it is nobody's business. */
const keptMs = 90 * 24 * 3_600_000
/** Whatever their age: a directory that is read once in half a year shows what it did. */
const leastRuns = 10
/** Runs that are forgotten with each run that ends. */
const forgottenAtOnce = 20

/** What a run has staged, fields and all. */
export async function erase({ directoryStaging }: Pick<Store, 'directoryStaging'>, run: number): Promise<void> {
  while (await directoryStaging.discard(run, atOnce)) await turn()
}

/** What a first run has written, or the groups of it. */
export async function eraseFirst(
  { directoryFirst }: Pick<Store, 'directoryFirst'>,
  { scope, run, kind }: { readonly scope: number; readonly run?: number; readonly kind?: 'group' },
): Promise<void> {
  while (await directoryFirst.erase(scope, run, kind, atOnce)) await turn()
}

/** Reports that are too many or too old are forgotten. What they put into force stays. */
export async function keepReports(
  { directoryRuns, directoryReports }: Pick<Store, 'directoryRuns' | 'directoryReports'>,
  scope: number,
  now: Date,
): Promise<void> {
  const endedBefore = new Date(now.getTime() - keptMs)
  const old = [
    ...(await directoryRuns.old(scope, { keep: mostRuns, limit: forgottenAtOnce })),
    ...(await directoryRuns.old(scope, { keep: leastRuns, limit: forgottenAtOnce, endedBefore })),
  ]
  for (const run of new Set(old.map((one) => one.run))) {
    while (await directoryReports.forget(run, atOnce)) await turn()
    await directoryRuns.remove(run)
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
