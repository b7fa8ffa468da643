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
  readonly numbers: Numbers
  /** Aborts when somebody stops the run, and when the console stops. */
  readonly signal: AbortSignal
  /** Something was read, compared or written: it is not stuck. */
  readonly moved: () => void
}

/** On disk when it resolves. */
export function checkpoint(job: Job): Promise<void> {
  return job.parts.store.directoryRuns.write(job.run, { detail: asJson(job.detail) })
}

/** Taken many at a time: each taking waits for the disk. */
const numbersAtOnce = 20_000

/** Numbers of objects and of their fields, each given out once. Those that are left over are nobody's. */
export class Numbers {
  readonly #store: Pick<Store, 'directoryStaging'>
  #next = 0
  #end = 0

  constructor(store: Pick<Store, 'directoryStaging'>) {
    this.#store = store
  }

  /** Sees to it that so many can be taken. Outside transactions: one that is rolled back would give them out again. */
  async reserve(count: number): Promise<void> {
    if (this.#end - this.#next >= count) return
    const many = Math.max(count, numbersAtOnce)
    this.#next = await this.#store.directoryStaging.takeNumbers(many)
    this.#end = this.#next + many
  }

  take(): number {
    if (this.#next >= this.#end) throw new Error('numbers have to be reserved first')
    return this.#next++
  }
}

/** Lets others have their turn: the store answers within this one. */
export async function takeTurns(job: Job): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  job.signal.throwIfAborted()
  job.moved()
}
