/**
 * What the phases of one run share: what it is about, whom it asks, and where it is written down.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import { asJson, type RunDetail } from './run-detail.ts'

export interface JobParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly call: Caller['call']
}

export interface Job {
  readonly parts: JobParts
  readonly group: string
  readonly scope: number
  readonly run: number
  readonly id: string
  readonly detail: RunDetail
  /** Aborts when somebody stops the run, and when the console stops. */
  readonly signal: AbortSignal
  /** Something was read, compared or written: it is not stuck. */
  readonly moved: () => void
}

/** On disk when it resolves. */
export function checkpoint(job: Job): Promise<void> {
  return job.parts.store.directoryRuns.write(job.run, { detail: asJson(job.detail) })
}

/** Lets others have their turn: the store answers within this one. */
export async function takeTurns(job: Job): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  job.signal.throwIfAborted()
  job.moved()
}
