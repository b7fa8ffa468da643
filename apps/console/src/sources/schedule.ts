/**
 * When sources are asked: each as often as it is set, spread out, one at a time.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { MdmSource, Store } from '@sallygate/store'
import { sourceSettings, sourceState } from './settings.ts'
import type { SourceRunner } from './source-runner.ts'

export interface ScheduleParts {
  readonly store: Pick<Store, 'mdmSources'>
  readonly runner: Pick<SourceRunner, 'run'>
  readonly clock: Clock
  readonly log: Log
}

const lookEveryMs = 30_000
/** After a failure it is tried sooner than planned, and less and less often. */
const firstRetryMs = 60_000

export class SourceSchedule {
  readonly #parts: ScheduleParts
  #timer: Timer | undefined
  #current: Promise<void> = Promise.resolve()
  #isBusy = false

  constructor(parts: ScheduleParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = every(this.#parts.clock, lookEveryMs, () => {
      this.#current = this.look()
    })
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#current
  }

  /** Asks those whose time has come. Never throws. */
  async look(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    const { store, runner, clock, log } = this.#parts
    try {
      for (const source of await store.mdmSources.all()) {
        if (!isDue(source, clock.now().getTime())) continue
        await runner
          .run(source)
          .catch((error: unknown) => log.error('source run failed', { source: source.name, error }))
      }
    } catch (error) {
      log.warn('sources not looked at', { error })
    } finally {
      this.#isBusy = false
    }
  }
}

/** A source whose settings a later version wrote is left alone. */
export function isDue(source: MdmSource, nowMs: number): boolean {
  const settings = sourceSettings.safeParse(source.settings)
  const state = sourceState.safeParse(source.state)
  if (!settings.success || !settings.data.enabled) return false
  const { lastRunAt, failures = 0 } = state.data ?? {}
  if (lastRunAt === undefined) return true
  const planMs = settings.data.everyMinutes * 60_000
  const waitMs = failures === 0 ? planMs : Math.min(planMs, firstRetryMs * 2 ** Math.min(failures - 1, 10))
  const sinceMs = nowMs - Date.parse(lastRunAt)
  // A clock that was set back must not stop it for good.
  return sinceMs >= waitMs || sinceMs < -waitMs
}
