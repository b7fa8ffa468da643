/**
 * Clearing up behind runs: what was read and is not to be, and reports nobody looks for any more.
 *
 * @module
 */
import type { Store } from '@sallygate/store'

const atOnce = 2000
/** Two thousand runs of five minutes are a week. */
const keptRuns = 2000
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

/** The oldest reports beyond those that are kept. What they put into force stays. */
export async function keepFew(
  { directoryRuns, directoryReports }: Pick<Store, 'directoryRuns' | 'directoryReports'>,
  scope: number,
): Promise<void> {
  for (const { run } of await directoryRuns.old(scope, keptRuns, forgottenAtOnce)) {
    while (await directoryReports.forget(run, atOnce)) await turn()
    await directoryRuns.remove(run)
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
